import { wellKnown } from '@tiltts/spec'
import { type BatchController, byResource, own } from '../controller.js'
import type { ResourceWriter } from './resource-writer.js'

/** Keeps the status of resources true to what happens around them. */
export function resourceController(resources: ResourceWriter): BatchController {
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
      const [only] = names
      resources.write({ by: 'update', ...(names.length === 1 && { resource: only }) }, () => names)
    },
  }
}
