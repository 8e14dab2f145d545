import type { EdgeKind } from '@tiltts/spec'
import type { ResourceRef } from './resource-ref.js'

/** How a resource waits for another. Made by {@link after}, {@link ready} and {@link rerun}. */
export interface Edge {
  readonly edge: 'after' | 'ready' | 'rerun'
  readonly on: ResourceRef
}

/**
 * What a resource waits for. A plain reference: the other was ready once, asked before the first update only.
 */
export type Dependency = ResourceRef | Edge

/**
 * The other's update has succeeded once; whether its server is ready does not matter. Asked before the first update only.
 *
 * @example
 * ```ts
 * localResource('api', { serveCmd: './api', resourceDeps: [after(migrations)] })
 * ```
 */
export function after(on: ResourceRef): Edge {
  return { edge: 'after', on }
}

/**
 * The other is ready now. Asked before every update, not only the first.
 *
 * @example
 * ```ts
 * localResource('seed', { cmd: './seed.sh', resourceDeps: [ready(db)] })
 * ```
 */
export function ready(on: ResourceRef): Edge {
  return { edge: 'ready', on }
}

/**
 * Like a plain reference, and each later successful update of the other runs this one again.
 *
 * @example
 * ```ts
 * const codegen = localResource('codegen', { cmd: 'make generate', deps: './proto' })
 * localResource('build', { cmd: 'make build', resourceDeps: [rerun(codegen)] })
 * ```
 */
export function rerun(on: ResourceRef): Edge {
  return { edge: 'rerun', on }
}

/** The kind of a dependency, and what it is on. */
export function edgeOf(dependency: unknown): { readonly edge: EdgeKind; readonly on: unknown } {
  if (typeof dependency === 'object' && dependency !== null && 'edge' in dependency && 'on' in dependency) {
    const { edge, on } = dependency as Edge
    return { edge, on }
  }
  return { edge: 'first', on: dependency }
}
