import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { ObjectStore, Revision } from '@tiltts/core/store'
import type { Context } from 'hono'
import { ApiError } from './api-error.js'
import { type ChannelOptions, type WatchChannel, watchChannel } from './watch-channel.js'

export interface WatchOptions extends ChannelOptions {
  /** What else than the kind and this makes no difference to what is sent. */
  readonly form: string
  /** Changes after this revision; absent: everything there is first, then changes. */
  readonly since: Revision | undefined
  /** Ask for empty events that carry the newest version. */
  readonly bookmarks: boolean
  /** A bookmark is to say when everything there is was sent. */
  readonly endOfInitial: boolean
  readonly timeoutMs: number | undefined
}

/** Answers a request by changes of a kind as JSON lines, until the client leaves. */
export type Watch = (c: Context, options: WatchOptions) => Response

/** How often a watcher that asks for it is told the newest version. */
const bookmarkEveryMs = 30_000

const headers = { 'content-type': 'application/json' }

/** Watches of a store. Those of the same kind and form share a channel. */
export function serveWatches(store: ObjectStore): Watch {
  const channels = new Map<string, WatchChannel>()
  const channelOf = (options: WatchOptions): WatchChannel => {
    const key = `${options.served.plural} ${options.form}`
    const channel = channels.get(key) ?? watchChannel(store, options, () => channels.delete(key))
    channels.set(key, channel)
    return channel
  }

  return (c, options) => {
    const { served, since, bookmarks, endOfInitial, timeoutMs } = options
    if (since !== undefined && !store.remembers(since)) throw expired(since, store)
    if (c.req.method === 'HEAD') return c.body(null, 200, headers)
    // Straight to the response: streams of the web cost several times as much for each event of each watcher.
    const { incoming, outgoing } = c.env as HttpBindings
    if (outgoing.destroyed) return RESPONSE_ALREADY_SENT
    const bookmark = (revision: Revision, annotations?: Readonly<Record<string, string>>): void => {
      const metadata = {
        resourceVersion: String(revision),
        creationTimestamp: null,
        ...(annotations && { annotations }),
      }
      const object = { kind: served.kind, apiVersion: 'tilt.dev/v1alpha1', metadata }
      outgoing.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`)
    }
    const sink = {
      get ready() {
        return !outgoing.destroyed && !outgoing.writableNeedDrain
      },
      write: (message: Uint8Array) => void outgoing.write(message),
      expire() {
        // Who takes nothing would not take this, either, nor what the system still holds for it.
        if (!sink.ready) incoming.socket.resetAndDestroy()
        else outgoing.end(`${JSON.stringify({ type: 'ERROR', object: expired(watcher.revision, store).toStatus() })}\n`)
      },
    }
    outgoing.writeHead(200, headers)
    outgoing.flushHeaders()
    const watcher = channelOf(options).join(sink, since)
    if (endOfInitial) bookmark(watcher.revision, { 'k8s.io/initial-events-end': 'true' })

    const tick = (): void => {
      watcher.advance()
      if (sink.ready) bookmark(watcher.revision)
    }
    const finish = (): void => {
      watcher.advance()
      watcher.leave()
      outgoing.end()
    }
    const ticking = bookmarks ? setInterval(tick, bookmarkEveryMs).unref() : undefined
    const limit = timeoutMs === undefined ? undefined : setTimeout(finish, timeoutMs).unref()
    outgoing.on('drain', watcher.advance)
    outgoing.on('close', () => {
      clearInterval(ticking)
      clearTimeout(limit)
      watcher.leave()
    })
    return RESPONSE_ALREADY_SENT
  }
}

function expired(since: Revision, { revision }: ObjectStore): ApiError {
  return new ApiError(410, 'Expired', `too old resource version: ${since} (${revision})`)
}
