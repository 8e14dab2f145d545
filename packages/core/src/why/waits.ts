import { type Hold, type Resource, type WaitNode, wellKnown } from '@tiltts/spec'
import { clusterState } from '../schedule/cluster-state.js'
import { clusterHold } from '../schedule/holds.js'
import { configText, standOf } from './stand-of.js'
import type { WhyView } from './types.js'
import { waitGraph } from './wait-graph.js'

/** How an object is called among what is waited for. */
export const idOf = (kind: string, name: string): string => `${kind}/${name}`

/** All that is in the way of a resource that is not ready, to the roots. A resource that is ready stands alone. */
export function waitsOf(view: WhyView, resource: string): readonly WaitNode[] {
  return waitGraph(idOf('UIResource', resource), (id) => nodeOf(view, id))
}

function nodeOf(view: WhyView, id: string): WaitNode {
  const slash = id.indexOf('/')
  const kind = id.slice(0, slash)
  const name = id.slice(slash + 1)
  const node = (reason: WaitNode['reason'], message: string, on: readonly string[] = []): WaitNode => ({
    ...{ id, kind, name, reason, message, on },
  })
  switch (kind) {
    case 'UIResource': {
      const resource = view.store.get('Resource', name)
      if (resource === undefined) return node('not-in-config', 'the config has no resource of this name')
      const { stand, message } = standOf(view, resource)
      const { hold } = resource.status
      if (stand !== 'waiting' || hold === undefined) return node(stand === 'waiting' ? 'queued' : stand, message)
      return node(hold.reason, hold.message ?? hold.reason, targetsOf(view, resource, hold))
    }
    case 'Tiltfile':
      return node('evaluating', configText(view.store.get('Tiltfile', name)?.status ?? noConfig))
    case 'Cluster': {
      const state = clusterState(name === 'docker' || name === 'default' ? view.store.get('Cluster', name) : undefined)
      if (state.connected) return node('ready', 'it answers')
      return node('away', clusterHold(name === 'docker' ? 'docker' : 'default', state).message ?? 'it does not answer')
    }
    case 'Update':
      return node('updating', `${name} runs`)
    case 'File':
      return node('changed-by-run', 'each run changes it, which asks for the next run')
    default:
      return node('starting', 'its containers do not run yet')
  }
}

const noConfig = { diagnostics: [], reads: [], evaluations: 0 }

/** What a hold is about. Those on the resource itself are about its update or its containers, those without one about others. */
function targetsOf(view: WhyView, { metadata, spec, status }: Resource, hold: Hold): readonly string[] {
  const own = idOf('UIResource', metadata.name)
  switch (hold.reason) {
    case 'tiltfile-reload':
      return [idOf('Tiltfile', wellKnown.tiltfile)]
    case 'paused-by-loop':
      return status.paused === undefined ? [] : [idOf('File', status.paused.file)]
    case 'waiting-for-slot':
      return running(view)
    case 'waiting-for-deploy':
      return [idOf(spec.type === 'k8s' ? 'KubernetesDiscovery' : 'DockerComposeService', metadata.name)]
    default:
      return hold.on.map(({ kind, name }) => {
        const id = idOf(kind, name)
        // Only a running update can be in the way of the resource's own next one.
        return id === own ? idOf('Update', status.current ?? metadata.name) : id
      })
  }
}

/** Those that may have taken the slots. */
function running({ store }: WhyView): readonly string[] {
  return store
    .list('Resource')
    .filter(({ status }) => status.current !== undefined)
    .map(({ metadata }) => idOf('UIResource', metadata.name))
}
