import { type ResourceView, readyDeadline, uiResource, uiTiltfile } from '@tiltts/core/status'
import type { NewMeta, ObjectStore, Tx } from '@tiltts/core/store'
import {
  annotation,
  disableConfigMapName,
  type Millis,
  type Resource,
  type UIResourceStatus,
  wellKnown,
} from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import { type BatchController, byResource, own, watch } from '../controller.js'
import { serveCmdName } from '../update/cmd-specs.js'

export interface ProjectorDeps {
  readonly store: ObjectStore
  readonly clock: Clock
  readonly wake: (name: string) => void
}

/** The objects that make up the row of a resource. */
export function resourceView(store: ObjectStore, resource: Resource): ResourceView {
  const { name } = resource.metadata
  return {
    resource,
    serve: store.get('Cmd', serveCmdName(name)),
    service: store.get('DockerComposeService', name),
    discovery: store.get('KubernetesDiscovery', name),
    forward: store.get('PortForward', name),
    apply: store.get('KubernetesApply', name),
    updates: store.ofResource('Update', name),
    disableMap: store.get('ConfigMap', disableConfigMapName(name)),
  }
}

/** Writes the rows that clients read, each only when something of its resource has changed. */
export function projector(deps: ProjectorDeps): BatchController {
  const { store, clock } = deps
  const deadlines = new Map<string, () => void>()

  /** A row turns over by itself when the time for its server to become ready is up. */
  const watchDeadline = (name: string, resource: Resource | undefined, now: Millis): void => {
    deadlines.get(name)?.()
    deadlines.delete(name)
    const at = resource && readyDeadline(resource)
    if (at === undefined || at <= now) return
    deadlines.set(
      name,
      clock.timer(at - now, () => deps.wake(name)),
    )
  }

  const project = (tx: Tx, name: string, now: Millis): void => {
    const previous = tx.get('UIResource', name)?.status
    if (name === wellKnown.tiltfile) {
      const tiltfile = store.get('Tiltfile', name)
      if (tiltfile !== undefined) putRow(tx, name, uiTiltfile(tiltfile, previous, now))
      return
    }
    const resource = store.get('Resource', name)
    watchDeadline(name, resource, now)
    if (resource === undefined) tx.delete('UIResource', name)
    else putRow(tx, name, uiResource(resourceView(store, resource), previous, now), resource.spec.labels)
  }

  return {
    name: 'projector',
    watches: [
      own('Resource'),
      watch('Tiltfile', (change) => [change.name]),
      byResource('ConfigMap'),
      byResource('Cmd'),
      byResource('DockerComposeService'),
      byResource('KubernetesApply'),
      byResource('KubernetesDiscovery'),
      byResource('PortForward'),
      byResource('Update'),
    ],
    reconcileAll(names) {
      const now = clock.now()
      store.update({ by: 'projector' }, (tx) => {
        for (const name of names) project(tx, name, now)
      })
    },
  }
}

function putRow(tx: Tx, name: string, status: UIResourceStatus, labels: readonly string[] = []): void {
  const row = tx.get('UIResource', name)
  const meta = (): NewMeta => ({ labels: Object.fromEntries(labels.map((label) => [label, label])) })
  if (row === undefined) {
    tx.put('UIResource', name, {}, status, { ...meta(), annotations: { [annotation.resource]: name } })
    return
  }
  tx.status('UIResource', name, () => status)
  const present = row.metadata.labels ?? {}
  const isSame = labels.every((label) => label in present) && Object.keys(present).length === new Set(labels).size
  if (!isSame) tx.meta('UIResource', name, meta)
}
