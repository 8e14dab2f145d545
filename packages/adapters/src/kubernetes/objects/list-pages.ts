import { setImmediate as nextTurn } from 'node:timers/promises'
import { kubernetesRefusal, type WatchSelection } from '@tiltts/runtime/ports'
import type { KubernetesManifest } from '@tiltts/spec'
import type { ApiAnswer, Transport } from '../transport.js'
import type { KindPlace } from './kinds.js'
import { asManifest } from './manifest.js'

export interface ListPage {
  readonly objects: readonly KubernetesManifest[]
  /** What a watch goes on from, once all pages are there. */
  readonly resourceVersion: string
  /** The history of the first pages is lost: what changed meanwhile may be missing. */
  readonly inconsistent: boolean
}

const PAGE = 200
const SMALLEST = 25
/** What can be parsed in a few hundredths of a second, so that nobody has to wait. */
const PAGE_BYTES = 1_000_000

interface RawList {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items?: readonly unknown[] | null
}

/** One page after another, with a turn for others between them; smaller ones where objects are big. */
export async function* listPages(
  transport: Transport,
  place: KindPlace,
  selection: WatchSelection,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  let limit = PAGE
  let next: string | undefined
  let inconsistent = false
  do {
    let answer: ApiAnswer
    try {
      answer = await transport.request('GET', place.collection(selection.namespace), {
        query: {
          limit,
          continue: next,
          labelSelector: selection.labelSelector,
          fieldSelector: selection.fieldSelector,
        },
        signal,
      })
    } catch (error) {
      const again = continuation(error)
      if (next === undefined || again === undefined) throw error
      // It took too long: the rest is of a later state.
      next = again
      inconsistent = true
      continue
    }
    const list = answer.body as RawList
    // It was parsed just now, which took its time.
    await nextTurn()
    const objects = (list.items ?? []).map((item) =>
      asManifest(item, { apiVersion: place.apiVersion, kind: place.kind }),
    )
    next = list.metadata?.continue || undefined
    yield { objects, resourceVersion: list.metadata?.resourceVersion ?? '', inconsistent }
    if (answer.bytes > PAGE_BYTES) limit = Math.max(SMALLEST, Math.floor((limit * PAGE_BYTES) / answer.bytes))
    if (next !== undefined) await nextTurn()
  } while (next !== undefined)
}

/** A server that no longer has the state of the first page says how to go on with a later one. */
function continuation(error: unknown): string | undefined {
  const refusal = kubernetesRefusal(error)
  return refusal?.status === 410 ? refusal.continue : undefined
}
