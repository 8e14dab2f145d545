import { type Command, exitCode } from '../cli/command.js'
import { packageVersion } from '../version.js'

export const command: Command = {
  usage: '',
  summary: 'print the version',
  flags: {},
  async run() {
    process.stdout.write(`v${packageVersion()}\n`)
    return exitCode.ok
  },
}
