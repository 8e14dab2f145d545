import type { Millis, SessionTarget } from '@tiltts/spec'

/** How long errors of what runs in a cluster are tolerated. */
export interface Grace {
  readonly graceMs: Millis
  /** When a resource was last deployed well; `undefined`: errors of this one are not tolerated. */
  readonly deployedAt: (resource: string) => Millis | undefined
}

export interface Graced {
  readonly targets: readonly SessionTarget[]
  /** When the first of those tolerated now will not be any more. */
  readonly nextDeadline: Millis | undefined
}

/** Marks failed servers as tolerated until their time is up; then they have failed for good. */
export function withGrace(targets: readonly SessionTarget[], { graceMs, deployedAt }: Grace, now: Millis): Graced {
  if (graceMs <= 0) return { targets, nextDeadline: undefined }
  let nextDeadline: Millis | undefined
  const graced = targets.map((target) => {
    const { terminated } = target.state
    if (target.type !== 'server' || terminated === undefined || terminated.error === '') return target
    const since = deployedAt(target.resources[0] ?? '')
    if (since === undefined) return target
    const end = since + graceMs
    if (now < end) nextDeadline = Math.min(end, nextDeadline ?? end)
    const graceStatus = now < end ? 'Tolerated' : 'Exceeded'
    return { ...target, state: { terminated: { ...terminated, graceStatus } } } satisfies SessionTarget
  })
  return { targets: graced, nextDeadline }
}
