import { isFunctionCommand, type LocalResourceNode, type StepSpec } from '@tiltts/spec'
import { hashText } from './hash.js'

/**
 * Hash of what an update runs: the command, its folder, its environment. Whatever else changes, nothing has to be run
 * again for it.
 */
export function updateHash({ cmd }: Pick<LocalResourceNode, 'cmd'>): string {
  return hashText(cmd === undefined ? '' : stepText(cmd))
}

/** Hash of what makes a server the one it is: its command, folder, environment and probe. */
export function serveHash({ serve }: Pick<LocalResourceNode, 'serve'>): string {
  return hashText(serve === undefined ? '' : `${stepText(serve)}${canonical(serve.probe)}`)
}

/** Without the way people wrote the command: `sh -c x` is the same however it was spelled. */
export function stepText({ command, dir, env }: StepSpec): string {
  const run = isFunctionCommand(command) ? [command.fn.$fn, command.fn.hash] : { argv: command.argv }
  return JSON.stringify([run, dir, Object.entries(env).sort(byKey)])
}

/** Plain data as one text: equal data gives equal text, whatever the order of properties; absent is as `undefined`. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  // Texts are put together bit by bit: whole clusters of manifests pass through here at each reload.
  const record = value as Readonly<Record<string, unknown>>
  let text = ''
  for (const key of Object.keys(record).sort()) {
    if (record[key] === undefined) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(record[key])}`
  }
  return `{${text}}`
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
