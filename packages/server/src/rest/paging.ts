import { ApiError } from './api-error.js'
import type { WireObject } from './wire-object.js'

interface Page {
  readonly items: readonly WireObject[]
  /** What brings the next page; absent: this was the last. */
  readonly next?: string
  readonly remaining?: number
}

/**
 * The part of a list that a client asks for with `limit` and `continue`. Objects stay in order of creation, so that what
 * is made while a client reads comes at the end. Throws an ApiError 400, and 410 when the place was removed meanwhile.
 */
export function pageOf(all: readonly WireObject[], limit: string | undefined, from: string | undefined): Page {
  const size = limit === undefined || limit === '' ? 0 : Number(limit)
  if (!Number.isInteger(size) || size < 0)
    throw new ApiError(400, 'BadRequest', `limit must be a whole number, not "${limit}"`)
  const start = from === undefined || from === '' ? 0 : placeAfter(all, from)
  const rest = start === 0 ? all : all.slice(start)
  if (size === 0 || rest.length <= size) return { items: rest }
  const items = rest.slice(0, size)
  const last = items.at(-1)?.metadata['uid']
  return { items, next: Buffer.from(String(last)).toString('base64url'), remaining: rest.length - size }
}

function placeAfter(all: readonly WireObject[], token: string): number {
  const uid = Buffer.from(token, 'base64url').toString()
  const index = all.findIndex((object) => object.metadata['uid'] === uid)
  if (index >= 0) return index + 1
  throw new ApiError(
    410,
    'Expired',
    'The provided continue parameter is too old: the object it speaks of is gone; list again without it',
  )
}
