import type { ObjectNode } from '@tiltts/spec'

/** An object as a config declares it. */
export function declaredObject(
  kind: string,
  name: string,
  spec: ObjectNode['spec'],
  more: Partial<Omit<ObjectNode, 'kind' | 'name' | 'spec'>> = {},
): ObjectNode {
  return { kind, name, spec, annotations: {}, labels: {}, place: undefined, ...more }
}
