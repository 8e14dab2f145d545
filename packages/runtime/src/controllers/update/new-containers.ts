import { hasLiveUpdate } from '@tiltts/core/live-update'
import { filesCause, filesChanged } from '@tiltts/core/schedule'
import type { ObjectStore } from '@tiltts/core/store'
import type { Resource } from '@tiltts/spec'
import type { Channels } from '../../executors/live-update/channels.js'
import type { SyncedContainers } from '../../executors/live-update/container-files.js'
import { type BatchController, byResource, own } from '../controller.js'
import type { Tasks } from '../tasks.js'
import type { ResourceWriter } from './resource-writer.js'

export interface NewContainersDeps {
  readonly store: ObjectStore
  readonly tasks: Tasks
  readonly resources: ResourceWriter
  readonly synced: Pick<SyncedContainers, 'hasMet' | 'filesOf' | 'meet'>
  readonly channels: Pick<Channels, 'keep' | 'warm'>
}

/**
 * Sees containers that somebody else made, by hand or by compose: they hold what their image holds, and lack what was
 * synced into those before them. Those files count as changed once more, so that the ordinary update brings them.
 */
export function newContainers(deps: NewContainersDeps): BatchController {
  const { store, tasks, resources, synced, channels } = deps
  const looking = new Set<string>()

  const look = async (resource: Resource, containers: readonly string[]): Promise<void> => {
    const { name } = resource.metadata
    const { images } = resource.spec
    const initial = images.flatMap(({ deployed, liveUpdate }) =>
      deployed && liveUpdate?.initialSync === true ? liveUpdate.syncs.map(({ localPath }) => localPath) : [],
    )
    const files = [...new Set([...(await synced.filesOf(name)), ...initial])]
    channels.keep(name, containers)
    for (const container of containers) channels.warm(container)
    if (files.length === 0) {
      await synced.meet(name, containers)
      return
    }
    resources.write({ by: 'update', resource: name, causes: [filesCause(files)] }, (tx, at) => {
      if (tx.get('Resource', name)?.status.current !== undefined) return []
      tx.status('Resource', name, (status) => filesChanged(status, { files, at }, undefined, true))
      return [name]
    })
  }

  return {
    name: 'new-container',
    watches: [own('Resource'), byResource('DockerComposeService')],
    reconcileAll(names) {
      for (const name of names) {
        const resource = store.get('Resource', name)
        const service = store.get('DockerComposeService', name)
        if (resource === undefined || service === undefined || !isSettled(resource)) continue
        const running = service.status.containers.filter(({ state }) => state.running).map(({ id }) => id)
        const isNew = running.some((id) => synced.hasMet(name, id) === false)
        if (!isNew || looking.has(name)) continue
        looking.add(name)
        tasks.run(`look at the new containers of ${name}`, async () => {
          try {
            await look(resource, running)
          } finally {
            looking.delete(name)
          }
        })
      }
    },
  }
}

/** Whether its containers should hold what is here, and nobody is about to see to it. */
function isSettled({ spec, status }: Resource): boolean {
  if (!hasLiveUpdate(spec.images) || status.enabled !== 'enabled') return false
  return status.last === 'succeeded' && status.current === undefined && status.pending.length === 0
}
