import type { NamedRef, ObjectNode } from '@tiltts/spec'
import type { Call } from '../call/call.js'
import { describe } from '../call/expect.js'
import type { Declaration } from '../collector/recorder.js'

/** An object of the API as a builder leaves it. */
export interface DeclaredObject {
  readonly kind: string
  readonly name: string
  readonly spec: Declaration<ObjectNode['spec']>
  /** The resource that it belongs to. */
  readonly resource?: string | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/** Records an object. Whether its spec makes sense, and whether its name is free, is checked when the graph is linked. */
export function declareObject(call: Call, declared: DeclaredObject): void {
  const { kind, name, spec, resource, annotations = {}, labels = {} } = declared
  if (!isObjectName(call, name)) return
  call.recorder.draft.objects.push((finish): ObjectNode => {
    const place = finish.place(call.at)
    const ref: NamedRef | undefined = resource === undefined ? undefined : { name: resource, place }
    return { kind, name, spec: spec(finish), ...(ref && { resource: ref }), annotations, labels, place }
  })
}

/** Whether a text can name an object: it must be a path segment. A bad one is recorded as an error. */
function isObjectName(call: Call, name: unknown): boolean {
  if (typeof name === 'string' && name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name)) return true
  call.error(
    'config/invalid-name',
    `${call.builder}(): ${describe(name)} cannot be a name`,
    'A name is not empty, not . or .., and holds neither / nor %',
  )
  return false
}
