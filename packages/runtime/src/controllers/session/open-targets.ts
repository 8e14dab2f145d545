import type { SessionTarget } from '@tiltts/spec'

/** All targets of a session, kept by whose they are, with what a verdict depends on counted as they change. */
export interface OpenTargets {
  /** Puts the targets of a resource in the place of those before; none: the resource is gone. */
  set(owner: string, targets: readonly SessionTarget[]): void
  /** Whether a verdict may be due: something has failed, or nothing is waited for any more. */
  readonly decisive: boolean
  /** The config's first, then those of resources in the order they came. */
  list(): readonly SessionTarget[]
}

export function openTargets(): OpenTargets {
  const byOwner = new Map<string, readonly SessionTarget[]>()
  let open = 0
  let failed = 0

  const count = (targets: readonly SessionTarget[], by: 1 | -1): void => {
    for (const target of targets) {
      if (isOpen(target)) open += by
      if (isFailed(target)) failed += by
    }
  }

  return {
    set(owner, targets) {
      count(byOwner.get(owner) ?? [], -1)
      count(targets, 1)
      if (targets.length === 0) byOwner.delete(owner)
      else byOwner.set(owner, targets)
    },
    get decisive() {
      return failed > 0 || open === 0
    },
    list: () => [...byOwner.values()].flat(),
  }
}

function isOpen({ type, state }: SessionTarget): boolean {
  if (state.waiting !== undefined) return true
  return state.active !== undefined && (type === 'job' || !state.active.ready)
}

function isFailed({ state }: SessionTarget): boolean {
  return state.terminated !== undefined && state.terminated.error !== ''
}
