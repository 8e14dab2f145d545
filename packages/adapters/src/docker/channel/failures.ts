import { InfraError } from '@tiltts/spec'
import { statusOf } from '../connection/failure.js'
import type { ContainerFacts } from './container-facts.js'

export function channelClosed(container: Pick<ContainerFacts, 'name'>): InfraError {
  const message = `container ${container.name} is not running`
  return new InfraError('container/channel-closed', 'docker', message, { retry: true })
}

/** @param what `copy files into`, `remove files in` */
export function copyFailed(container: ContainerFacts, what: string, why: string, cause?: unknown): InfraError {
  const message = `cannot ${what} container ${container.name}: ${explained(why)}`
  return new InfraError('container/copy-failed', 'docker', message, { cause })
}

export function runFailed(container: ContainerFacts, argv: readonly string[], why: string): InfraError {
  const message = `cannot run ${argv[0] ?? 'an empty command'} in container ${container.name}: ${why.trim()}`
  return new InfraError('container/run-failed', 'docker', message)
}

/** What an engine refuses while files are copied; other errors stay as they are. */
export function asCopyFailure(container: ContainerFacts, what: string, error: unknown): unknown {
  const status = statusOf(error)
  if (status === undefined || !(error instanceof Error)) return error
  if (/no such container|is not running/i.test(error.message)) return channelClosed(container)
  return copyFailed(container, what, error.message, error)
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
]
