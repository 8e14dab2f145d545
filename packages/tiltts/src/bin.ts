#!/usr/bin/env node
import { isSmall } from './commands/small-commands.js'

const argv = process.argv.slice(2)
const { main } = isSmall(argv) ? await import('./main.js') : await import('./every-command.js')
process.exitCode = await main(argv)
