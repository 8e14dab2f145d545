import { filesCause, filesChanged } from '@tiltts/core/schedule'
import type { ObjectStore, StoreCause, Tx } from '@tiltts/core/store'
import { type Millis, toApiTime } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Tasks } from '../tasks.js'
import type { UpdateNames } from '../update-names.js'
import { absorb, type Effects } from './absorb.js'
import type { LoopGuard } from './loop-guard.js'
import type { RunningUpdates } from './running-updates.js'

export interface ResourceWriterDeps {
  readonly store: ObjectStore
  readonly clock: Clock
  readonly tasks: Tasks
  readonly names: UpdateNames
  readonly guard: LoopGuard
  readonly running: RunningUpdates
}

/** The one way in which the status of resources is written by the update controller. */
export interface ResourceWriter {
  /**
   * One transaction. The resources that `change` names are then brought up to date in it, so that nobody sees them half
   * written, and what follows from that in the world is done after it.
   */
  write(cause: StoreCause, change: (tx: Tx, now: Millis) => readonly string[]): void
}

export function resourceWriter(deps: ResourceWriterDeps): ResourceWriter {
  const { store, clock, tasks, guard, running } = deps

  const write: ResourceWriter['write'] = (cause, change) => {
    const effects = new Map<string, Effects>()
    store.update(cause, (tx) => {
      const now = clock.now()
      for (const name of change(tx, now)) effects.set(name, absorb(deps, tx, name, now))
    })
    for (const [name, effect] of effects) {
      if (effect.cancel) running.cancel(name)
      if (effect.judge) tasks.run(`look at what ${name} has changed`, () => judge(name))
    }
  }

  /** Files that a run touched last, reported after its end: only those count whose content is another. */
  const judge = async (name: string): Promise<void> => {
    const judged = await guard.judge(name)
    if (judged === undefined || judged.changed.length === 0) return
    const cause = filesCause(judged.changed)
    write({ by: 'update', resource: name, causes: [cause] }, (tx, now) => {
      const paused = judged.loop === undefined ? undefined : { file: judged.loop, since: toApiTime(now) }
      const keepAll = (tx.get('Resource', name)?.spec.images.length ?? 0) > 0
      const event = { files: judged.changed, at: now }
      tx.status('Resource', name, (status) => ({
        ...filesChanged(status, event, undefined, keepAll),
        ...(paused && { paused }),
      }))
      return [name]
    })
  }

  return { write }
}
