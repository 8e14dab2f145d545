import { type CommandSpec, isFunctionCommand, type LocalResourceNode, type StepSpec } from '@tiltts/spec'
import { hashText } from './hash.js'

/**
 * Hash of what an update runs: the command, its folder, its environment. Whatever else changes, nothing has to be run
 * again for it.
 */
export function updateHash({ cmd }: Pick<LocalResourceNode, 'cmd'>): string {
  return hashText(canonical(cmd === undefined ? null : stepDefinition(cmd)))
}

/** Hash of what makes a server the one it is: its command, folder, environment and probe. */
export function serveHash({ serve }: Pick<LocalResourceNode, 'serve'>): string {
  return hashText(canonical(serve === undefined ? null : { ...stepDefinition(serve), probe: serve.probe }))
}

function stepDefinition({ command, dir, env }: StepSpec): Readonly<Record<string, unknown>> {
  return { command: commandDefinition(command), dir, env }
}

/** Without the way people wrote it: `sh -c x` is the same command however it was spelled. */
function commandDefinition(command: CommandSpec): unknown {
  return isFunctionCommand(command) ? { fn: command.fn } : { argv: command.argv }
}

/** Plain data as one text: equal data gives equal text, whatever the order of properties; absent is as `undefined`. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}
