import { BugError, type KubernetesManifest } from '@tiltts/spec'

/**
 * An object as the server sent it, without the list of who owns which field: that is half of its size, and nobody's
 * business. @param of what lists do not repeat in each of their items
 */
export function asManifest(
  value: unknown,
  of: { readonly apiVersion?: string; readonly kind?: string } = {},
): KubernetesManifest {
  if (typeof value !== 'object' || value === null || !('metadata' in value)) {
    throw new BugError(`the API server answered with no object: ${JSON.stringify(value)?.slice(0, 200)}`)
  }
  const object = { ...of, ...value } as KubernetesManifest & { metadata: { managedFields?: unknown } }
  if (typeof object.metadata !== 'object' || object.metadata === null) return object
  // A copy, as objects that lose a field are slow from then on.
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
