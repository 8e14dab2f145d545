import { declaring } from './call/call.js'
import { isFalsy } from './call/expectations.js'
import { nameOf, type ResourceRef, type RunTimeNames } from './resource-ref.js'
import type { Falsy } from './values.js'

/**
 * Enables these resources and all they depend on; the others are there, but disabled. An empty list enables none.
 * The last call wins. A name that no resource has is an error.
 *
 * @example
 * ```ts
 * setEnabledResources(session.command === 'ci' ? ['api', 'integration-tests'] : profiles[cfg.profile])
 * ```
 */
export function setEnabledResources<T extends string>(refs: readonly (ResourceRef | Falsy)[] | RunTimeNames<T>): void {
  const call = declaring('setEnabledResources')
  const given: readonly unknown[] = Array.isArray(refs) ? refs : [refs]
  const kept = given.filter((ref) => !isFalsy(ref)).map((ref) => nameOf(call, 'setEnabledResources()', ref))
  call.recorder.draft.selection = {
    kind: 'some',
    refs: kept.filter((name) => name !== undefined).map((name) => ({ name, at: call.at })),
  }
}

/** Disables all resources; they can be enabled one by one later. The same as `setEnabledResources([])`. */
export function clearEnabledResources(): void {
  const call = declaring('clearEnabledResources')
  call.recorder.draft.selection = { kind: 'some', refs: [] }
}
