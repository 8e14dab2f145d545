import { applyPatch, type Operation } from 'rfc6902'
import { ApiError } from './api-error.js'
import { mergePatch } from './merge-patch.js'
import { strategicPatch } from './strategic-patch.js'
import { isObject, type WireObject } from './wire-object.js'

/** Ways to say a change of what is there. Server-side apply is none of them: it says what shall be there. */
const kinds: Readonly<Record<string, (target: WireObject, patch: unknown) => unknown>> = {
  'application/json-patch+json': jsonPatch,
  'application/merge-patch+json': (target, patch) => mergePatch(target, objectOnly(patch)),
  'application/strategic-merge-patch+json': (target, patch) => strategicPatch(target, objectOnly(patch)),
}
/** The media type of server-side apply. */
export const applyType = 'application/apply-patch+yaml'

/** The object that a patch makes of one. Throws an ApiError 400, 415 or 422. */
export function patched(target: WireObject, type: string, patch: unknown): WireObject {
  const kind = kinds[type]
  if (kind === undefined) {
    const accepted = [...Object.keys(kinds), applyType].join(', ')
    const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`
    throw new ApiError(415, 'UnsupportedMediaType', message)
  }
  const result = kind(target, patch)
  if (!isObject(result) || !isObject(result['metadata']))
    throw new ApiError(422, 'Invalid', 'the patch leaves no object with metadata')
  return result as WireObject
}

function objectOnly(patch: unknown): unknown {
  if (isObject(patch)) return patch
  throw new ApiError(400, 'BadRequest', 'a merge patch is a JSON object')
}

function jsonPatch(target: WireObject, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw new ApiError(400, 'BadRequest', 'a JSON patch is a list of operations')
  const result: unknown = structuredClone(target)
  const errors = applyPatch(result, patch.map(operation))
  const failed = errors.findIndex((error) => error !== null)
  if (failed < 0) return result
  const { op, path } = operation(patch[failed])
  const why =
    errors[failed]?.name === 'TestError' ? 'the test failed' : (errors[failed]?.message ?? 'it does not apply')
  throw new ApiError(
    422,
    'Invalid',
    `the server rejected our request due to an error in our request: ${op} ${path}: ${why}`,
  )
}

const operations: ReadonlySet<unknown> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])

function operation(value: unknown): Operation {
  const pointer = (text: unknown): boolean => typeof text === 'string' && (text === '' || text.startsWith('/'))
  const valid =
    isObject(value) &&
    operations.has(value['op']) &&
    pointer(value['path']) &&
    (value['from'] === undefined || pointer(value['from'])) &&
    ((value['op'] !== 'move' && value['op'] !== 'copy') || value['from'] !== undefined)
  if (!valid || /(^|\/)(__proto__|prototype|constructor)(\/|$)/.test(`${value['path']} ${value['from'] ?? ''}`))
    throw new ApiError(400, 'BadRequest', `not an operation of a JSON patch: ${JSON.stringify(value)?.slice(0, 200)}`)
  return value as unknown as Operation
}
