import type { KubernetesManifest } from '@tiltts/spec'
import { podTemplatePath } from './pod-templates.js'
import { type Path, recordAt, withValueAt } from './tree.js'

/** Tells what Tilt has put into a cluster, also to tools that look for it. */
export const managedBy = { label: 'app.kubernetes.io/managed-by', value: 'tilt' } as const
/** On pods: which template of its resource one was made from. */
export const templateHashLabel = 'tilt.dev/pod-template-hash'
/** On objects: `keep` leaves one in the cluster, whatever becomes of the session. */
export const downPolicy = { annotation: 'tilt.dev/down-policy', keep: 'keep' } as const

/**
 * An object with the label that says who manages it, in its pod template, too. A selector by that label follows, as it
 * would not find the pods any more.
 */
export function withManagedLabels(object: KubernetesManifest): KubernetesManifest {
  const template = podTemplatePath(object)
  const places: Path[] = [['metadata', 'labels']]
  if (template !== undefined && template.length > 0) places.push([...template, 'metadata', 'labels'])
  for (const selector of selectorPaths(object)) {
    if (recordAt(object, selector)?.[managedBy.label] !== undefined) places.push(selector)
  }
  return places.reduce((changed, path) => withValueAt(changed, [...path, managedBy.label], managedBy.value), object)
}

/** A Service and a ReplicationController select by plain labels, others by `matchLabels`. */
function selectorPaths({ kind }: KubernetesManifest): readonly Path[] {
  if (kind === 'Service' || kind === 'ReplicationController') return [['spec', 'selector']]
  return [['spec', 'selector', 'matchLabels']]
}

/**
 * An object whose pods say which template they were made from, so that those of an older one can be told apart.
 *
 * @param sha1 of a text, in hex
 * @returns the object, and the values that its pods carry
 */
export function withTemplateHash(
  object: KubernetesManifest,
  sha1: (text: string) => string,
): { readonly object: KubernetesManifest; readonly hashes: readonly string[] } {
  const path = podTemplatePath(object)
  if (path === undefined) return { object, hashes: [] }
  const hash = sha1(JSON.stringify(recordAt(object, path))).slice(0, 20)
  return { object: withValueAt(object, [...path, 'metadata', 'labels', templateHashLabel], hash), hashes: [hash] }
}
