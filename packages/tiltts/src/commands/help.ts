import { type Command, exitCode, type Flags } from '../cli/command.js'
import { globalFlags } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import { findCommand, visibleCommands } from './registry.js'

/** What `tiltts help` prints. */
export function overview(): string {
  const commands = visibleCommands()
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const rows = Object.entries(commands).map(([name, { summary, aliases }]) => {
    const also = aliases === undefined ? '' : ` (also: ${aliases.join(', ')})`
    return `  ${name.padEnd(width)}  ${summary}${also}`
  })
  return `Tilt, TypeScript-native: your services from one typed config.

Usage: tiltts <command> [flags] [-- arguments of your config]

${rows.join('\n')}

tiltts help <command> says more.
`
}

/** What `tiltts help <command>` prints. */
export function commandHelp(name: string, command: Command): string {
  const details = command.details === undefined ? '' : `\n${command.details}\n`
  const summary = command.summary.charAt(0).toUpperCase() + command.summary.slice(1)
  return `${summary}.\n\nUsage: tiltts ${name} ${command.usage}\n${details}\n${flagRows({ ...command.flags, ...globalFlags })}\n`
}

function flagRows(flags: Flags): string {
  const rows = Object.entries(flags).map(([name, { short, value, type, help }]) => {
    const shown = `${short === undefined ? '    ' : `-${short}, `}--${name}${type === 'string' ? ` ${value ?? '<text>'}` : ''}`
    return [shown, help] as const
  })
  const width = Math.max(...rows.map(([shown]) => shown.length))
  return rows.map(([shown, help]) => `  ${shown.padEnd(width)}  ${help}`).join('\n')
}

export const command: Command = {
  usage: '[command]',
  summary: 'explain a command',
  flags: {},
  async run({ words }) {
    const [word] = words
    if (word === undefined) {
      process.stdout.write(overview())
      return exitCode.ok
    }
    const found = findCommand(word)
    if (found === undefined) throw new UsageError(`There is no command '${word}'`, 'See: tiltts help')
    const [name, entry] = found
    process.stdout.write(commandHelp(name, (await entry.load()).command))
    return exitCode.ok
  },
}
