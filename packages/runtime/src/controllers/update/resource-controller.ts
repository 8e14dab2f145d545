import { wellKnown } from '@tiltts/spec'
import { type BatchController, byResource, watch } from '../controller.js'
import { nameIndex } from '../name-index.js'
import type { ResourceWriter } from './resource-writer.js'

/** Keeps the status of resources true to what happens around them. */
export function resourceController(resources: ResourceWriter): BatchController {
  const byWatch = nameIndex()
  return {
    name: 'resource',
    watches: [
      watch('Resource', ({ name, after }) => {
        byWatch.set(name, after?.spec.watches ?? [])
        return [name]
      }),
      byResource('ConfigMap'),
      watch('FileWatch', (change) => byWatch.of(change.name)),
      byResource('Cmd'),
      byResource('DockerComposeService'),
      byResource('KubernetesDiscovery'),
      byResource('Update'),
    ],
    reconcileAll(woken) {
      const names = woken.filter((name) => name !== wellKnown.tiltfile)
      const [only] = names
      resources.write({ by: 'update', ...(names.length === 1 && { resource: only }) }, () => names)
    },
  }
}
