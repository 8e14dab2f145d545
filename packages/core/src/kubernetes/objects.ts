import type { KubernetesManifest, KubernetesRef } from '@tiltts/spec'

/** The API group, '' for the core one: `apps` of `apps/v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/** What names an object; its namespace as the manifest has it, '' where that says none. */
export function refOf({ apiVersion, kind, metadata }: KubernetesManifest): KubernetesRef {
  return { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name }
}

/** One text for each object, whatever version of its kind it is written in. */
export function refKey({ apiVersion, kind, namespace, name }: KubernetesRef): string {
  return [groupOf(apiVersion), kind, namespace, name].join('/')
}

/** An object as people call it: `Deployment/api`, `Deployment/api in shop`. */
export function refText({ kind, namespace, name }: KubernetesRef): string {
  return namespace === '' ? `${kind}/${name}` : `${kind}/${name} in ${namespace}`
}
