import { type Diagnostic, type FunctionRef, isTiltError, UserError, type WorkloadId } from '@tiltts/spec'
import type { Call } from '../call/call.js'
import { describe } from '../call/expect.js'
import type { AnyFunction, Declaration } from '../collector/recorder.js'
import { freeFunctionId } from '../command.js'
import type { KubernetesObject } from '../kubernetes-object.js'
import { objectProblem, objectText } from './checked-object.js'

/** Takes an object as it will be applied, and hands back what is applied in its place. */
export type Transform = (object: KubernetesObject) => KubernetesObject | null

/** Keeps a function that changes objects. One call of it does a whole list. */
export function keepTransform(call: Call, transform: Transform): Declaration<FunctionRef> {
  const changed = (object: KubernetesObject): KubernetesObject | null => {
    const subject = `k8sYaml(): transform of ${objectText(object)}`
    const made: unknown = guarded(call, subject, () => transform(object))
    if (made === null) return null
    const problem = made === undefined ? 'it returned nothing' : objectProblem(made)
    if (problem === undefined) return made as KubernetesObject
    throw failure(call, `${subject}: ${problem}`, 'Return the object, changed or not, or null to leave it out')
  }
  return keep(call, 'k8s:transform', transform, (objects: readonly KubernetesObject[]) => objects.map(changed))
}

/** Keeps a function that names workloads. One call of it does a whole list. */
export function keepNaming(call: Call, name: (id: WorkloadId) => string): Declaration<FunctionRef> {
  const named = (id: WorkloadId): string => {
    const subject = `workloadToResourceFunction(): the name of ${id.kind}/${id.name}`
    const made: unknown = guarded(call, subject, () => name(id))
    if (typeof made === 'string' && made !== '') return made
    throw failure(call, `${subject} must be a string that is not empty, but it is ${describe(made)}`)
  }
  return keep(call, 'k8s:name', name, (ids: readonly WorkloadId[]) => ids.map(named))
}

/** Keeps a function that tells whether an object is ready. A field that is not there yet counts as no. */
export function keepReadyWhen(
  call: Call,
  resource: string,
  readyWhen: (object: KubernetesObject) => boolean,
): Declaration<FunctionRef> {
  const ready = (object: KubernetesObject): boolean => {
    const subject = `k8sResource(${describe(resource)}): readyWhen of ${objectText(object)}`
    const made: unknown = guarded(call, subject, () => readyWhen(object))
    if (typeof made === 'boolean') return made
    if (made === undefined || made === null) return false
    throw failure(call, `${subject} must return true or false, but it returned ${describe(made)}`)
  }
  return keep(call, `k8s:${resource}/readyWhen`, readyWhen, ready)
}

/** The function is known to the engine by what it is; what is called checks what it returns. */
function keep(call: Call, firstId: string, given: AnyFunction, wrapped: AnyFunction): Declaration<FunctionRef> {
  const id = freeFunctionId(call, firstId)
  call.recorder.draft.functions.set(id, wrapped)
  return (finish) => finish.functionRef(id, given, call.at)
}

/** What it throws is told with what it was about. */
function guarded<T>(call: Call, subject: string, run: () => T): T {
  try {
    return run()
  } catch (thrown) {
    throw new UserError(
      diagnosticsOf(call, thrown).map((found) => ({ ...found, message: `${subject}: ${found.message}` })),
    )
  }
}

function diagnosticsOf(call: Call, thrown: unknown): readonly Diagnostic[] {
  if (isTiltError(thrown) && thrown.class === 'user') return (thrown as UserError).diagnostics
  const error = thrown instanceof Error ? thrown : new Error(`a value that is no Error was thrown: ${describe(thrown)}`)
  const message = error.name === 'Error' ? error.message : `${error.name}: ${error.message}`
  const places = thrown instanceof Error ? call.recorder.placesOf(error) : []
  return [{ code: 'function/threw', severity: 'error', message, places }]
}

const failure = (call: Call, message: string, hint?: string): UserError => call.failure('function/threw', message, hint)
