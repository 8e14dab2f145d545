import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import type { PodContainer } from '@tiltts/spec'
import type { HelperImages } from '../../executors/kubernetes/helper-image.js'
import type { ContainerBeside } from '../../ports/kubernetes.js'
import { containerKey, isBuiltHere, type LivePodsDeps } from './live-pods.js'

export interface ContainersBesideDeps extends LivePodsDeps {
  readonly store: Pick<ObjectStore, 'get' | 'list'>
  readonly logs: LogStore
  readonly helperImage: HelperImages
}

/**
 * Whether a container may get another one beside it for its files, by its key. Only for images that are not built here: into
 * all others the helper can go as a layer.
 */
export function containersBeside(deps: ContainersBesideDeps): (key: string) => ContainerBeside | undefined {
  return (key) => {
    const found = containerOf(deps.store, key)
    if (found === undefined || isBuiltHere(deps, found.container)) return undefined
    const span = `monitor:${found.resource}`
    const log = (text: string): void => {
      deps.logs.span({ id: span, resource: found.resource, source: 'runtime' })
      deps.logs.append(span, text, 'info')
    }
    return { image: (signal) => deps.helperImage(log, signal), onAdd: log }
  }
}

function containerOf(
  store: Pick<ObjectStore, 'list'>,
  key: string,
): { readonly resource: string; readonly container: PodContainer } | undefined {
  for (const { metadata, status } of store.list('KubernetesDiscovery'))
    for (const pod of status.pods)
      for (const container of pod.containers)
        if (containerKey(pod, container) === key) return { resource: metadata.name, container }
  return undefined
}
