import { nearest } from '@tiltts/core/errors'
import { triggered } from '@tiltts/core/schedule'
import { type Millis, type UpdateCause, UserError, wellKnown } from '@tiltts/spec'
import { serveCmdName } from './controllers/update/cmd-specs.js'
import { createUpdate } from './controllers/update-record.js'
import type { Engine } from './session-engine.js'
import type { TriggerResult } from './session-types.js'

/** Queues an update of a resource, or joins the one that is queued. */
export function requestUpdate(engine: Engine, name: string, by: string, now: Millis): TriggerResult {
  if (name === wellKnown.tiltfile) return requestEvaluation(engine, by, now)
  const { store } = engine
  const status = mustHave(engine, name)
  if (status.enabled === 'disabled') return { ok: false, message: `${name} is currently disabled` }
  const cause: UpdateCause = { reason: 'trigger', by }
  const update = status.queued ?? engine.names.next(name)
  store.update({ by: 'api', resource: name, update, causes: [cause] }, (tx) => {
    const present = tx.get('Update', update)
    if (present === undefined) createUpdate(tx, { name: update, resource: name, causes: [cause] }, now)
    else if (status.triggered === undefined)
      tx.spec('Update', update, (spec) => ({ ...spec, causes: [cause, ...spec.causes] }))
    tx.status('Resource', name, (s) => ({ ...triggered(s, update, now), queued: update }))
  })
  return { ok: true, update }
}

function requestEvaluation({ store, names }: Engine, by: string, now: Millis): TriggerResult {
  const { tiltfile } = wellKnown
  const queued = store.ofResource('Update', tiltfile).find((update) => update.status.phase === 'queued')
  if (queued !== undefined) return { ok: true, update: queued.metadata.name }
  const cause: UpdateCause = { reason: 'trigger', by }
  const update = names.next(tiltfile)
  store.update({ by: 'api', resource: tiltfile, update, causes: [cause] }, (tx) =>
    createUpdate(tx, { name: update, resource: tiltfile, causes: [cause] }, now),
  )
  return { ok: true, update }
}

/** Ends the running update of a resource; when none runs, its server. */
export function requestStop(engine: Engine, name: string): void {
  if (name === wellKnown.tiltfile) {
    engine.tiltfile.cancel()
    return
  }
  mustHave(engine, name)
  if (engine.running.cancel(name)) return
  const cmd = serveCmdName(name)
  engine.store.update({ by: 'api', resource: name }, (tx) => {
    const runId = tx.get('Cmd', cmd)?.spec.runId
    if (runId === undefined) return
    tx.spec('Cmd', cmd, (spec) => ({ ...spec, stopRunId: runId }))
    tx.status('Resource', name, (status) => ({ ...status, stopped: true }))
  })
}

/** Gives the config other arguments. Returns whether they are others. */
export function requestArgs({ store }: Engine, args: readonly string[]): boolean {
  const before = store.revision
  const after = store.update({ by: 'api', resource: wellKnown.tiltfile, causes: [{ reason: 'args' }] }, (tx) =>
    tx.spec('Tiltfile', wellKnown.tiltfile, (spec) => ({ ...spec, args })),
  )
  return after !== before
}

function mustHave({ store }: Engine, name: string) {
  const resource = store.get('Resource', name)
  if (resource !== undefined) return resource.status
  const names = store.list('Resource').map(({ metadata }) => metadata.name)
  const [meant] = nearest(name, names)
  throw new UserError([
    {
      code: 'session/unknown-resource',
      severity: 'error',
      message: `no resource is called "${name}"`,
      places: [],
      hint: meant === undefined ? `There are: ${names.join(', ') || 'none yet'}` : `Did you mean ${meant}?`,
    },
  ])
}
