import type { KubernetesManifest } from '@tiltts/spec'
import type { FakeStore } from './fake-kubernetes-store.js'

let serial = 0

/** Tells of something that happened to an object, as the parts of a cluster do. */
export function tellEvent(
  store: FakeStore,
  about: KubernetesManifest,
  event: {
    readonly type: 'Normal' | 'Warning'
    readonly reason: string
    readonly message: string
    readonly at: number
  },
): void {
  const { apiVersion, kind, metadata } = about
  const time = new Date(event.at).toISOString().replace(/\.\d+Z$/, 'Z')
  serial += 1
  store.create({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${metadata.name}.${serial.toString(16).padStart(8, '0')}`,
      namespace: metadata.namespace ?? 'default',
    },
    involvedObject: { apiVersion, kind, name: metadata.name, namespace: metadata.namespace, uid: metadata['uid'] },
    type: event.type,
    reason: event.reason,
    message: event.message,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    source: { component: event.reason === 'FailedScheduling' ? 'default-scheduler' : 'kubelet' },
  })
}
