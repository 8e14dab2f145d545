import { type Call, declaring } from './call/call.js'
import { describe } from './call/expect.js'
import { handle, kindOf, type ResourceHandle } from './handle.js'

/** Names of resources that are known. Filled by the generated `.tiltts/names.d.ts`, which narrows {@link ResourceName}. */
// biome-ignore lint/suspicious/noEmptyInterface: it is empty until names were written
export interface ResourceNames {}

/** Any string, until `.tiltts/names.d.ts` exists: then one of the names seen. */
export type ResourceName = keyof ResourceNames extends never ? string : keyof ResourceNames

/** A resource by its handle or by its name. A name that no resource has is an error with a suggestion. */
export type ResourceRef = ResourceHandle | ResourceName

/**
 * A list whose type is `string[]`, as tables and computed lists have: what is in it is checked when the graph is linked.
 * Names written in place are checked by the compiler.
 */
export type RunTimeNames<T extends string> = readonly T[] & (string extends T ? unknown : never)

/**
 * A handle from a name that only run time knows. Whether there is such a resource is checked when the graph is linked.
 *
 * @example
 * ```ts
 * for (const name of listDir('./services').map((file) => basename(file))) after(resource(name))
 * ```
 */
export function resource(name: string): ResourceHandle {
  if (typeof name !== 'string' || name === '') {
    declaring('resource').error(
      'config/invalid-option',
      `resource(): a name must be a string, but it is ${describe(name)}`,
    )
  }
  return handle('resource', String(name))
}

/** The name a reference stands for; anything else is recorded as an error. */
export function nameOf(call: Call, subject: string, ref: unknown): string | undefined {
  if (typeof ref === 'string' && ref !== '') return ref
  const kind = kindOf(ref)
  if (kind === 'resource') return (ref as ResourceHandle).name
  const what = kind === undefined ? describe(ref) : `the ${kind} \`${String((ref as ResourceHandle).name)}\``
  call.error('config/invalid-option', `${subject}: expected a resource or the name of one, got ${what}`)
  return undefined
}
