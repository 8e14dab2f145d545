/** Marks the values that builders return, so that one kind does not pass for another. */
export const brand: unique symbol = Symbol.for('tiltts.brand')

/** What a builder returns: a name that the compiler keeps apart from other kinds of names. */
export interface Handle<K extends string> {
  readonly name: string
  readonly [brand]: K
}

/** An image, from `dockerBuild` or `customBuild`. */
export type ImageHandle = Handle<'image'>

/** A resource, from `localResource`, `k8sResource`, `dcResource` and their like. */
export type ResourceHandle = Handle<'resource'>

/** A compose project, from `dockerCompose`. */
export interface ComposeHandle extends Handle<'compose'> {
  /** A service of it, as a resource. */
  service(name: string): ResourceHandle
}

/** Makes a handle. */
export const handle = <K extends string>(kind: K, name: string): Handle<K> => ({ name, [brand]: kind })

/** What kind of handle a value is; `undefined` when it is none. */
export function kindOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? (value as { readonly [brand]?: string })[brand] : undefined
}
