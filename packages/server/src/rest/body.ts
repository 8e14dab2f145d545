import type { Context } from 'hono'
import { ApiError } from './api-error.js'
import { isObject, type WireObject } from './wire-object.js'

/** The value of a body in JSON or, as its type says, YAML. Throws an ApiError 400, and 415 for formats that are no text. */
export async function contentOf(c: Context): Promise<unknown> {
  const type = mediaTypeOf(c)
  if (/protobuf|cbor/.test(type)) {
    const message = `a body in ${type} is not understood: send application/json or application/yaml`
    throw new ApiError(415, 'UnsupportedMediaType', message)
  }
  const text = await c.req.text()
  let value: unknown
  try {
    value = type.endsWith('yaml') ? (await import('./yaml-text.js')).parse(text) : JSON.parse(text)
  } catch (error) {
    const format = type.endsWith('yaml') ? 'YAML' : 'JSON'
    throw new ApiError(400, 'BadRequest', `the body is not ${format}: ${(error as Error).message.split('\n')[0]}`)
  }
  if (!fits(value, maxDepth)) throw new ApiError(400, 'BadRequest', `the body nests deeper than ${maxDepth} levels`)
  return value
}

/** No kind comes near it; what is deeper would overflow the stack of whoever reads it. */
const maxDepth = 200

const fits = (value: unknown, depth: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth > 0 && Object.values(value).every((inner) => fits(inner, depth - 1)))

/** An object of a body. Throws an ApiError 400 when it is none, or one of another kind or name than the URL says. */
export async function objectOf(c: Context, expected: { kind: string; name?: string }): Promise<WireObject> {
  const body = await contentOf(c)
  if (!isObject(body) || !isObject(body['metadata']))
    throw new ApiError(400, 'BadRequest', 'an object with metadata is expected')
  checkIdentity(body, expected)
  return body as WireObject
}

/** Compares what a body says it is with what its URL says. Throws an ApiError 400. */
export function checkIdentity(
  body: Readonly<Record<string, unknown>>,
  expected: { kind: string; name?: string },
): void {
  const { apiVersion = 'tilt.dev/v1alpha1', kind = expected.kind, metadata } = body
  if (apiVersion !== 'tilt.dev/v1alpha1' || kind !== expected.kind) {
    const message = `the object in the data (${apiVersion}, ${kind}) is not what the URL names (tilt.dev/v1alpha1, ${expected.kind})`
    throw new ApiError(400, 'BadRequest', message)
  }
  const name = isObject(metadata) ? metadata['name'] : undefined
  if (expected.name !== undefined && name !== undefined && name !== expected.name)
    throw new ApiError(
      400,
      'BadRequest',
      `the name of the object (${name}) does not match the name on the URL (${expected.name})`,
    )
}

/** The media type of a body, without its parameters. */
export function mediaTypeOf(c: Context): string {
  return (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}
