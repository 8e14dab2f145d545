import type { KubernetesManifest } from '@tiltts/spec'

/** What `name[:kind[:namespace]]` means; all in lower case. */
export interface ObjectSelector {
  readonly name: string
  readonly kind?: string | undefined
  readonly namespace?: string | undefined
}

/** Understands `name[:kind[:namespace]]`, in which `\:` is a colon of the name itself; else says what is wrong. */
export function parseObjectSelector(text: string): ObjectSelector | { readonly problem: string } {
  const parts = text.split(/(?<!\\):/).map((part) => part.replace(/\\(.)/g, '$1').toLowerCase())
  if (parts.includes('')) return { problem: 'has an empty part' }
  const [name = '', kind, namespace, ...more] = parts
  if (more.length > 0) return { problem: 'has more than three parts' }
  return { name, kind, namespace }
}

/** Whether an object is meant; one without a namespace counts as in `default`. */
export function selectsObject(
  { name, kind, namespace }: ObjectSelector,
  { kind: ownKind, metadata }: KubernetesManifest,
): boolean {
  if (metadata.name.toLowerCase() !== name) return false
  if (kind !== undefined && ownKind.toLowerCase() !== kind) return false
  return namespace === undefined || (metadata.namespace || 'default').toLowerCase() === namespace
}

/** An object as a selector names it: `web:service:default`. */
export function selectorOf({ kind, metadata }: KubernetesManifest): string {
  return [metadata.name, kind, metadata.namespace || 'default']
    .map((part) => part.toLowerCase().replaceAll(':', '\\:'))
    .join(':')
}
