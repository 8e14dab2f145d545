import type { KubernetesManifest, KubernetesRef } from '@tiltts/spec'

export function deployment(
  name: string,
  image = 'busybox',
  more: Readonly<Record<string, unknown>> = {},
): KubernetesManifest {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image, ...more }] } },
    },
  }
}

export function job(name: string, command: string): KubernetesManifest {
  const containers = [{ name: 'main', image: 'busybox', command: ['sh', '-c', command] }]
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { template: { spec: { restartPolicy: 'Never', containers } } },
  }
}

export function configMap(name: string, data: Readonly<Record<string, string>> = {}): KubernetesManifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

export function namespace(name: string): KubernetesManifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

export function claim(name: string, storage = '1Gi'): KubernetesManifest {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } }
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec }
}

/** As the cluster has it, in the namespace `default`. */
export function placed(object: KubernetesManifest): KubernetesRef {
  const { apiVersion, kind, metadata } = object
  return {
    apiVersion,
    kind,
    namespace: kind === 'Namespace' ? '' : (metadata.namespace ?? 'default'),
    name: metadata.name,
  }
}
