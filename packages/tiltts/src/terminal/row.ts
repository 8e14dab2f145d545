import { fromApiTime, type UIResource } from '@tiltts/spec'

export type RowState = 'disabled' | 'updating' | 'failed' | 'waiting' | 'starting' | 'ready' | 'done' | 'idle'

/** One resource as the terminal shows it. */
export interface Row {
  readonly name: string
  readonly state: RowState
  /** What it waits for, or what went wrong. */
  readonly detail: string
  /** Of the update that runs or ran last, in milliseconds. */
  readonly durationMs: number | undefined
}

/** What its row does not say of a resource that runs containers. */
export interface RowFacts {
  /** The step that a build of it is at: `building shop/api: [2/4] RUN npm ci`. */
  readonly building?: string | undefined
  /** Its health checks pass. */
  readonly healthy?: boolean | undefined
  /** What it had to do is done. */
  readonly finished?: boolean | undefined
}

/** The row of a resource at a moment. */
export function rowOf({ metadata, status }: UIResource, now: number, facts: RowFacts = {}): Row {
  const last = status.buildHistory[0]
  const durationMs = status.currentBuild
    ? now - fromApiTime(status.currentBuild.startTime)
    : last === undefined
      ? undefined
      : fromApiTime(last.finishTime) - fromApiTime(last.startTime)
  return { name: metadata.name, state: stateOf(status, facts), detail: detailOf(status, facts), durationMs }
}

function stateOf(status: UIResource['status'], { finished }: RowFacts): RowState {
  if (status.disableStatus.state === 'Disabled') return 'disabled'
  if (status.updateStatus === 'in_progress') return 'updating'
  if (status.updateStatus === 'error' || status.runtimeStatus === 'error') return 'failed'
  if (status.updateStatus === 'pending') return 'waiting'
  if (status.runtimeStatus === 'pending') return 'starting'
  if (status.runtimeStatus === 'ok') return finished === true ? 'done' : 'ready'
  return status.updateStatus === 'ok' ? 'done' : 'idle'
}

function detailOf(status: UIResource['status'], { building, healthy }: RowFacts): string {
  if (status.updateStatus === 'in_progress' && building !== undefined) return building
  if (status.summary !== undefined && status.summary !== '') return status.summary
  const links = status.endpointLinks.map((link) => link.url)
  return [...(healthy === true ? ['healthy'] : []), ...links].join('  ')
}

/** A duration for people: `85ms`, `1.2s`, `2m05s`, `1h02m`. */
export function shortDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)}s`
  const seconds = Math.floor(ms / 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`
  return `${Math.floor(seconds / 3600)}h${two(Math.floor(seconds / 60) % 60)}m`
}
