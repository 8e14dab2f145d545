import type { ObjectStore } from '@tiltts/core/store'
import { annotation, type UpdateCause, wellKnown } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import { type NameController, own } from '../controller.js'
import { endedStatus } from '../update-record.js'

/**
 * Takes in Updates that clients make to ask for a run: says whose they are, so that their resource is woken, and that
 * somebody asked; and refuses those for a resource that is not there.
 */
export function updateIntake(deps: { readonly store: ObjectStore; readonly clock: Clock }): NameController {
  const { store, clock } = deps
  return {
    name: 'update-intake',
    watches: [own('Update')],
    reconcile(name) {
      const update = store.get('Update', name)
      if (update?.status.phase !== 'queued' || update.metadata.annotations?.[annotation.resource] !== undefined) return
      const { resource } = update.spec
      const known = resource === wellKnown.tiltfile || store.get('Resource', resource) !== undefined
      store.update({ by: 'update', resource, update: name }, (tx) => {
        if (known) {
          const mine = { [annotation.resource]: resource }
          tx.meta('Update', name, ({ annotations }) => ({ annotations: { ...annotations, ...mine } }))
          tx.spec('Update', name, (spec) => ({ ...spec, causes: withTrigger(spec.causes) }))
          return
        }
        const error = `no resource is called "${resource}"`
        tx.status('Update', name, (status) => endedStatus(status, { phase: 'failed', error }, clock.now()))
      })
    },
  }
}

function withTrigger(causes: readonly UpdateCause[]): readonly UpdateCause[] {
  return causes.some((cause) => cause.reason === 'trigger') ? causes : [{ reason: 'trigger', by: 'api' }, ...causes]
}
