import type { AppliedObject, KubernetesManifest, Pod } from '@tiltts/spec'
import { podOf } from './pod.js'

interface ContainerText {
  readonly state?: object
  readonly last?: object
  readonly ready?: boolean
  readonly restarts?: number
}

/** A pod as the API server shows it; its containers are called `c0`, `c1`, its init containers `i0`. */
export function podManifest(
  name: string,
  status: {
    readonly phase?: string
    readonly containers?: readonly ContainerText[]
    readonly init?: readonly (ContainerText & { readonly sidecar?: boolean })[]
    readonly conditions?: readonly object[]
    readonly [field: string]: unknown
  } = {},
  metadata: Readonly<Record<string, unknown>> = {},
): KubernetesManifest {
  const {
    containers = [{ state: { running: { startedAt: '2026-01-01T00:00:00Z' } }, ready: true }],
    init = [],
    ...rest
  } = status
  const shown = (prefix: string, list: readonly ContainerText[]): readonly object[] =>
    list.map(({ state, last, ready = false, restarts = 0 }, index) => ({
      name: `${prefix}${index}`,
      ready,
      restartCount: restarts,
      image: 'other',
      containerID: 'containerd://1',
      ...(state && { state }),
      ...(last && { lastState: last }),
    }))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: {
      initContainers: init.map(({ sidecar }, index) => ({
        name: `i${index}`,
        image: 'shop/init',
        ...(sidecar === true && { restartPolicy: 'Always' }),
      })),
      containers: containers.map((_, index) => ({
        name: `c${index}`,
        image: 'shop/web',
        ports: [{ containerPort: 8080 }],
      })),
    },
    status: {
      phase: 'Running',
      ...rest,
      containerStatuses: shown('c', containers),
      initContainerStatuses: shown('i', init),
    },
  }
}

/** A pod of an object, through a ReplicaSet where one is named. */
export function ownedPod(
  name: string,
  owner: string,
  more: { readonly set?: string; readonly at?: string; readonly hash?: string; readonly labels?: Pod['labels'] } = {},
): Pod {
  const { set, at = '2026-01-01T00:00:00Z', hash, labels } = more
  const ref = (kind: string, uid: string) => ({ apiVersion: 'apps/v1', kind, namespace: 'default', name: uid, uid })
  const owners = [...(set === undefined ? [] : [ref('ReplicaSet', set)]), ref('Deployment', owner)]
  const metadata = {
    creationTimestamp: at,
    labels: { ...labels, ...(hash !== undefined && { 'tilt.dev/pod-template-hash': hash }) },
  }
  return podOf(podManifest(name, {}, metadata), owners)
}

export function applied(uid: string, podTemplateHashes: readonly string[] = []): AppliedObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'default',
    name: uid,
    uid,
    hash: 'h',
    podTemplateHashes,
  }
}
