import type { Context } from 'hono'
import { ApiError } from './api-error.js'
import { isObject, type WireObject } from './wire-object.js'

/** The value of a body in JSON or, as its type says, YAML. Throws an ApiError 400. */
export async function contentOf(c: Context): Promise<unknown> {
  const text = await c.req.text()
  const type = mediaTypeOf(c)
  try {
    return type.endsWith('yaml') ? (await import('yaml')).parse(text) : JSON.parse(text)
  } catch (error) {
    const format = type.endsWith('yaml') ? 'YAML' : 'JSON'
    throw new ApiError(400, 'BadRequest', `the body is not ${format}: ${(error as Error).message.split('\n')[0]}`)
  }
}

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
