import type { ServerResponse } from 'node:http'
import type { WatchChange, WatchState } from '@tiltts/runtime/ports'
import { manualClock } from '@tiltts/runtime/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Handler, type StandInServer, sendJson, standInServer, status } from '../testing/stand-in-server.js'

const open: StandInServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

const pod = (name: string, version: number): object => ({
  metadata: { name, namespace: 'shop', resourceVersion: String(version), managedFields: [{ manager: 'x' }] },
})
const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`

interface Setup {
  readonly server: StandInServer
  readonly changes: WatchChange[]
  readonly states: WatchState[]
  readonly versions: () => (string | null)[]
  readonly lists: () => number
}

/** Lists answer with a pod `first` of version 10; each stream is given to the next handler, the last one again. */
async function watching(streams: readonly Handler[], onList?: Handler, clock = manualClock()): Promise<Setup> {
  const server = await standInServer()
  open.push(server)
  let turn = 0
  server.on('GET /api/v1/namespaces/shop/pods', (call, response) => {
    if (call.query.get('watch') === null) {
      if (onList) return void onList(call, response)
      return void sendJson(response, { metadata: { resourceVersion: '10' }, items: [pod('first', 9)] })
    }
    const handler = streams[Math.min(turn, streams.length - 1)]
    turn += 1
    handler?.(call, response)
  })
  const client = await server.client({ clock })
  const changes: WatchChange[] = []
  const states: WatchState[] = []
  client.watch(
    { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' },
    { onChange: (change) => void changes.push(change), onState: (state) => void states.push(state) },
  )
  const watches = (): typeof server.asked => server.asked.filter(({ query }) => query.get('watch') !== null)
  return {
    server,
    changes,
    states,
    versions: () => watches().map(({ query }) => query.get('resourceVersion')),
    lists: () => server.asked.filter(({ path, query }) => path.endsWith('/pods') && query.get('watch') === null).length,
  }
}

const quiet: Handler = (_call, response) => void response.writeHead(200).flushHeaders()
const telling =
  (...lines: readonly string[]) =>
  (_call: unknown, response: ServerResponse): void => {
    response.writeHead(200).write(lines.join(''))
  }
const thenCut =
  (...lines: readonly string[]) =>
  (_call: unknown, response: ServerResponse): void => {
    response.writeHead(200).write(lines.join(''), () => setTimeout(() => response.destroy(), 20))
  }

/** A machine that is busy with others takes its time. */
const seen = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 })

describe('a watch of a server with bad luck', () => {
  it('goes on from the last version when the stream is cut, and nobody has to know', async () => {
    const cut = thenCut(event('MODIFIED', pod('first', 12)))
    const { changes, states, versions, lists } = await watching([cut, telling(event('ADDED', pod('second', 15)))])
    await seen(() => expect(changes).toHaveLength(3))
    expect(versions()).toEqual(['10', '12'])
    expect(lists()).toBe(1)
    expect(changes.map(({ type }) => type)).toEqual(['all', 'put', 'put'])
    expect(states).toEqual([{ is: 'following' }])
  })

  it('goes on from a bookmark, and tells nobody of it', async () => {
    const { changes, versions } = await watching([thenCut(event('BOOKMARK', pod('', 40))), quiet])
    await seen(() => expect(versions()).toEqual(['10', '40']))
    expect(changes).toHaveLength(1)
  })

  it('lists anew when its history is lost, whether the stream says so or its start', async () => {
    const gone = telling(event('ERROR', status(410, 'Expired', 'too old resource version')))
    const refusing: Handler = (_call, response) => sendJson(response, status(410, 'Expired', 'too old'), 410)
    for (const lost of [gone, refusing]) {
      const { changes, states, lists } = await watching([lost, quiet])
      await seen(() => expect(lists()).toBe(2))
      await seen(() => expect(changes.map(({ type }) => type)).toEqual(['all', 'all']))
      await seen(() => expect(states.at(-1)).toEqual({ is: 'following' }))
      expect(states.some(({ is }) => is === 'lost')).toBe(false)
    }
  })

  it('waits longer and longer while the server fails, and follows again after', async () => {
    const clock = manualClock()
    const failing: Handler = (_call, response) => sendJson(response, status(500, 'InternalError', 'etcd is away'), 500)
    const { states } = await watching([failing, failing, quiet], undefined, clock)
    await seen(() => expect(states).toHaveLength(1))
    expect(states[0]).toMatchObject({ is: 'lost', message: 'etcd is away' })
    await clock.advance(300)
    await seen(() => expect(states).toHaveLength(2))
    const waits = states.flatMap((state) => ('retryInMs' in state ? [state.retryInMs] : []))
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0)
    await clock.advance(1000)
    await seen(() => expect(states.at(-1)).toEqual({ is: 'following' }))
  })

  it('takes a line that is no JSON for the end of a stream', async () => {
    const garbage = telling(event('MODIFIED', pod('first', 13)), '<html>proxy</html>\n')
    const { versions } = await watching([garbage, quiet])
    await seen(() => expect(versions()).toEqual(['10', '13']))
  })

  it('joins what the network has cut into pieces', async () => {
    const line = event('ADDED', pod('schön', 21))
    const bytes = Buffer.from(line)
    const pieces: Handler = (_call, response) => {
      response.writeHead(200).write(bytes.subarray(0, 40))
      setTimeout(() => response.write(bytes.subarray(40, bytes.indexOf('ö') + 1)), 10)
      setTimeout(() => response.write(bytes.subarray(bytes.indexOf('ö') + 1)), 20)
    }
    const { changes } = await watching([pieces])
    await seen(() => expect(changes).toHaveLength(2))
    expect(changes[1]).toMatchObject({
      type: 'put',
      object: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'schön' } },
    })
    expect(JSON.stringify(changes)).not.toContain('managedFields')
  })

  it('does not ask without end a server that ends each stream at once', async () => {
    const ending: Handler = (_call, response) => void response.writeHead(200).end()
    const { versions, states } = await watching([ending])
    await seen(() => expect(states.some(({ is }) => is === 'lost')).toBe(true))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(versions()).toHaveLength(1)
  })

  it('notices a connection that is dead without having said so', async () => {
    const clock = manualClock()
    const { versions, states } = await watching([quiet, quiet], undefined, clock)
    await seen(() => expect(states).toEqual([{ is: 'following' }]))
    await clock.advance(60_000)
    expect(versions()).toHaveLength(1)
    await clock.advance(31_000)
    await seen(() => expect(versions()).toEqual(['10', '10']))
    expect(states).toEqual([{ is: 'following' }])
  })

  it('says that it may not, and tries again now and then', async () => {
    const clock = manualClock()
    const message = 'pods is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "shop"'
    let allowed = false
    const list: Handler = (_call, response) => {
      if (allowed) return void sendJson(response, { metadata: { resourceVersion: '10' }, items: [] })
      sendJson(response, status(403, 'Forbidden', message), 403)
    }
    const { states, lists } = await watching([quiet], list, clock)
    await seen(() => expect(states).toHaveLength(1))
    expect(states[0]).toMatchObject({ is: 'forbidden', message })
    await clock.advance(10_000)
    expect(lists()).toBe(1)
    allowed = true
    await clock.advance(30_000)
    await seen(() => expect(states.at(-1)).toEqual({ is: 'following' }))
  })

  it('is lost while nothing answers, and goes on where it was', async () => {
    const clock = manualClock()
    const { server, states, lists, versions } = await watching(
      [telling(event('MODIFIED', pod('first', 12))), quiet],
      undefined,
      clock,
    )
    await seen(() => expect(states).toEqual([{ is: 'following' }]))
    await server.stop()
    await seen(() => expect(states.at(-1)?.is).toBe('lost'))
    await server.start()
    await clock.advance(300)
    await seen(() => expect(states.at(-1)).toEqual({ is: 'following' }))
    expect(lists()).toBe(1)
    expect(versions()).toEqual(['10', '12'])
  })

  it('lists page by page, and blocks nobody for long', async () => {
    const text = 'x'.repeat(10_000)
    const page: Handler = (call, response) => {
      const from = Number(call.query.get('continue') ?? 0)
      const limit = Number(call.query.get('limit'))
      const to = Math.min(3000, from + limit)
      const items = Array.from({ length: to - from }, (_, index) => ({
        metadata: { name: `pod-${from + index}`, annotations: { text }, managedFields: [{ text }] },
      }))
      const next = to < 3000 ? String(to) : undefined
      sendJson(response, { metadata: { resourceVersion: '10', continue: next }, items })
    }
    const { changes, server } = await watching([quiet], page)
    await vi.waitFor(() => expect(changes).toHaveLength(1), { timeout: 10_000 })
    const [all] = changes
    expect(all?.type === 'all' && all.objects.length).toBe(3000)
    const limits = server.asked
      .filter(({ path }) => path.endsWith('/pods'))
      .map(({ query }) => Number(query.get('limit')))
    expect(limits[0]).toBe(200)
    // Four megabytes at once would take too long to read.
    expect(limits[1]).toBeLessThan(60)
  })
})

describe('a mistake in who listens', () => {
  it('is not taken for a lost watch: it ends the session', async () => {
    const server = await standInServer()
    open.push(server)
    server.on('GET /api/v1/namespaces/shop/pods', (call, response) => {
      if (call.query.get('watch') !== null) return quiet(call, response)
      sendJson(response, { metadata: { resourceVersion: '10' }, items: [pod('first', 9)] })
    })
    const mistake = new Error('not foreseen')
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const ended = new Promise<unknown>((resolve) => process.once('uncaughtException', resolve))
    const client = await server.client()
    const states: WatchState[] = []
    client.watch(
      { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' },
      {
        onChange: () => {
          throw mistake
        },
        onState: (state) => void states.push(state),
      },
    )
    const error = await ended
    for (const listener of others) process.on('uncaughtException', listener)
    expect(error).toBe(mistake)
    await seen(() => expect(states).toEqual([{ is: 'following' }]))
  })
})
