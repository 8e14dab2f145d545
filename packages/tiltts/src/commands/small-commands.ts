import { commandIndex } from '../cli/command-index.js'

/**
 * Commands that do little and are called often. In the bundle they are one file with all they need, since finding and
 * loading a module for each part takes longer than what they do.
 */
export const smallCommands: ReadonlySet<string> = new Set([
  'get',
  'describe',
  'wait',
  'logs',
  'trigger',
  'enable',
  'disable',
  'args',
  'ls',
  'version',
  'completion',
  'api-resources',
])

/** Whether a command line asks for one of them. */
export function isSmall(argv: readonly string[]): boolean {
  const at = commandIndex(argv)
  return at !== undefined && smallCommands.has(argv[at] ?? '')
}
