import { changed, filesCause } from '@tiltts/core/schedule'
import type { Tx } from '@tiltts/core/store'
import { toApiTime, wellKnown } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import { type BatchController, byResource, own } from '../controller.js'
import type { Tasks } from '../tasks.js'
import { type AbsorbDeps, absorb, type Effects } from './absorb.js'
import type { RunningUpdates } from './running-updates.js'

export interface ResourceControllerDeps extends AbsorbDeps {
  readonly clock: Clock
  readonly tasks: Tasks
  readonly running: RunningUpdates
}

/** Keeps the status of resources true to what happens around them. */
export function resourceController(deps: ResourceControllerDeps): BatchController {
  const { store, clock, tasks, guard } = deps

  /** Files that a run touched last, reported after its end: only those count whose content is another. */
  const judge = async (name: string): Promise<void> => {
    const judged = await guard.judge(name)
    if (judged === undefined || judged.changed.length === 0) return
    const cause = filesCause(judged.changed)
    store.update({ by: 'update', resource: name, causes: [cause] }, (tx) => {
      const now = clock.now()
      const paused = judged.loop === undefined ? undefined : { file: judged.loop, since: toApiTime(now) }
      tx.status('Resource', name, (status) => ({ ...changed(status, cause, now), ...(paused && { paused }) }))
      absorb(deps, tx, name, now)
    })
  }

  const absorbAll = (tx: Tx, names: readonly string[]): ReadonlyMap<string, Effects> => {
    const now = clock.now()
    return new Map(names.map((name) => [name, absorb(deps, tx, name, now)]))
  }

  return {
    name: 'resource',
    watches: [
      own('Resource'),
      byResource('ConfigMap'),
      byResource('FileWatch'),
      byResource('Cmd'),
      byResource('Update'),
    ],
    reconcileAll(woken) {
      const names = woken.filter((name) => name !== wellKnown.tiltfile)
      if (names.length === 0) return
      let effects: ReadonlyMap<string, Effects> = new Map()
      const [only] = names
      const cause = { by: 'update', ...(names.length === 1 && { resource: only }) }
      store.update(cause, (tx) => {
        effects = absorbAll(tx, names)
      })
      for (const [name, effect] of effects) {
        if (effect.cancel) deps.running.cancel(name)
        if (effect.judge) tasks.run(`look at what ${name} has changed`, () => judge(name))
      }
    },
  }
}
