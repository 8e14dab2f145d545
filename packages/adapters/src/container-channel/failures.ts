import { InfraError } from '@tiltts/spec'

/** A container, for messages. */
export interface NamedContainer {
  readonly system: 'docker' | 'kubernetes'
  readonly name: string
}

export function channelClosed({ system, name }: NamedContainer): InfraError {
  const message = `container ${name} is not running`
  return new InfraError('container/channel-closed', system, message, { retry: true })
}

/** @param what `copy files into`, `remove files in` */
export function copyFailed({ system, name }: NamedContainer, what: string, why: string, cause?: unknown): InfraError {
  const message = `cannot ${what} container ${name}: ${explained(why)}`
  return new InfraError('container/copy-failed', system, message, { cause })
}

export function runFailed({ system, name }: NamedContainer, argv: readonly string[], why: string): InfraError {
  const message = `cannot run ${argv[0] ?? 'an empty command'} in container ${name}: ${why.trim()}`
  return new InfraError('container/run-failed', system, message)
}

function explained(why: string): string {
  const said = why.trim()
  for (const [pattern, hint] of hints) if (pattern.test(said)) return `${said} (${hint})`
  return said
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/read-only/i, 'sync into a volume instead, or run it without read_only'],
  [/no space left/i, 'docker system df tells what takes the space'],
  [/not a directory/i, 'a file stands where the sync needs a folder'],
  [/permission denied|operation not permitted/i, 'the user of the container may not write there'],
]
