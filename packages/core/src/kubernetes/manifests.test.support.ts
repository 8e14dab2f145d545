import type { KubernetesManifest } from '@tiltts/spec'

/** A Deployment whose pods run containers with these images. */
export function deployment(
  name: string,
  images: readonly string[] = ['shop/web'],
  more: {
    readonly labels?: Readonly<Record<string, string>>
    readonly pod?: Readonly<Record<string, unknown>>
    readonly namespace?: string
  } = {},
): KubernetesManifest {
  const labels = { app: name, ...more.labels }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(more.namespace !== undefined && { namespace: more.namespace }) },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels },
        spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })), ...more.pod },
      },
    },
  }
}

export function manifest(apiVersion: string, kind: string, name: string, more: object = {}): KubernetesManifest {
  return { apiVersion, kind, metadata: { name }, ...more }
}
