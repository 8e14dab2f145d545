import type { ApiObject } from './meta.js'

/** On the wire `data` stands at the top, as in Kubernetes; in the store it is the spec. */
export type ConfigMap = ApiObject<
  'ConfigMap',
  { readonly data: Readonly<Record<string, string>> },
  Record<string, never>
>

/** Name of the ConfigMap that enables or disables a resource. Its key is `isDisabled`, its values `true` and `false`. */
export function disableConfigMapName(resource: string): string {
  return `${resource}-disable`
}
