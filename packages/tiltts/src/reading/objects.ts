import { pathOf } from '@tiltts/client'
import type { KindInfo } from '@tiltts/spec'

/** An object as the server sends it. */
export interface WireObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly managedFields?: unknown
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

export interface WireList {
  readonly metadata: { readonly resourceVersion: string }
  readonly items: readonly WireObject[]
}

export interface WireEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: WireObject
}

/** What of a kind is asked for. */
export interface Selection {
  readonly labels: string | undefined
  readonly fields: string | undefined
}

/** The path of all objects of a kind that a selection lets through, with more parameters. */
export function listPath(
  info: KindInfo,
  { labels, fields }: Selection,
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({
    ...(labels === undefined ? {} : { labelSelector: labels }),
    ...(fields === undefined ? {} : { fieldSelector: fields }),
    ...more,
  }).toString()
  return query === '' ? pathOf(info.kind) : `${pathOf(info.kind)}?${query}`
}

/** The selection of one object. */
export const named = (name: string): Selection => ({ labels: undefined, fields: `metadata.name=${name}` })

/** An object without the book-keeping of who set which field. */
export function withoutManagedFields(object: WireObject): WireObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata
  return { ...object, metadata }
}
