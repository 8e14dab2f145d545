import { createStore, type ObjectStore } from '@tiltts/core/store'
import { describe, expect, it } from 'vitest'
import { objectText } from './object-text.js'
import { servedKind } from './served-kinds.js'
import { type ChannelOptions, type WatchChannel, type Watcher, watchChannel } from './watch-channel.js'

const newStore = (ringSize = 1_000): ObjectStore => {
  let id = 0
  return createStore({ now: () => 0, uid: () => `uid-${id++}`, ringSize })
}
const put = (store: ObjectStore, name: string, n: number): void =>
  void store.update({ by: 'test' }, (tx) => tx.put('ConfigMap', name, { data: { n: String(n) } }, {}))

interface Client {
  readonly watcher: Watcher
  /** `ADDED a=1` of each event. */
  readonly events: string[]
  readonly messages: Uint8Array[]
  isReady: boolean
  isExpired: boolean
}

function join(channel: WatchChannel, since?: number): Client {
  const client = { events: [] as string[], messages: [] as Uint8Array[], isReady: true, isExpired: false }
  const watcher = channel.join(
    {
      get ready() {
        return client.isReady
      },
      write(message) {
        client.messages.push(message)
        for (const line of Buffer.from(message).toString().trim().split('\n')) {
          const { type, object } = JSON.parse(line)
          client.events.push(`${type} ${object.metadata.name}=${object.data.n}`)
        }
      },
      expire() {
        client.isExpired = true
      },
    },
    since,
  )
  return Object.assign(client, { watcher })
}

function channelOf(
  store: ObjectStore,
  more: Partial<ChannelOptions> = {},
): { channel: WatchChannel; rendered(): number } {
  let count = 0
  const channel = watchChannel(
    store,
    {
      served: servedKind('configmaps'),
      name: undefined,
      matches: () => true,
      render(object) {
        count++
        return objectText(object)
      },
      ...more,
    },
    () => {},
  )
  return { channel, rendered: () => count }
}

const until = (met: () => boolean): Promise<void> => expect.poll(met, { interval: 5, timeout: 3_000 }).toBe(true)

describe('a channel of watchers', () => {
  it('makes the text of an event once, for however many there are', async () => {
    const store = newStore()
    put(store, 'a', 1)
    const { channel, rendered } = channelOf(store)
    const clients = Array.from({ length: 50 }, () => join(channel))
    put(store, 'a', 2)
    await until(() => clients.every(({ events }) => events.length === 2))
    expect(clients.every(({ events }) => events.join() === 'ADDED a=1,MODIFIED a=2')).toBe(true)
    expect(new Set(clients.map(({ messages }) => messages[1])).size).toBe(1)
    expect(rendered()).toBe(2)
  })

  it('tells of each step, also of those that came between two messages', async () => {
    const store = newStore()
    const { channel } = channelOf(store)
    const client = join(channel)
    put(store, 'a', 1)
    put(store, 'a', 2)
    store.update({ by: 'test' }, (tx) => tx.delete('ConfigMap', 'a'))
    put(store, 'a', 3)
    await until(() => client.events.length === 4)
    expect(client.events).toEqual(['ADDED a=1', 'MODIFIED a=2', 'DELETED a=2', 'ADDED a=3'])
  })

  it('tells who was slow what many changes come to, once it has taken what it was given', async () => {
    const store = newStore()
    put(store, 'a', 0)
    const { channel } = channelOf(store)
    const [slow, quick] = [join(channel), join(channel)]
    slow.isReady = false
    put(store, 'b', 0)
    for (let n = 1; n <= 300; n++) put(store, 'a', n)
    store.update({ by: 'test' }, (tx) => tx.delete('ConfigMap', 'b'))
    await until(() => quick.events.at(-1) === 'MODIFIED a=300')
    expect(slow.events).toEqual(['ADDED a=0'])
    slow.isReady = true
    slow.watcher.advance()
    expect(slow.events).toEqual(['ADDED a=0', 'MODIFIED a=300'])
  })

  it('lets go of who takes nothing for so long that its place is forgotten', async () => {
    const store = newStore(100)
    const { channel } = channelOf(store)
    const [stuck, quick] = [join(channel), join(channel)]
    stuck.isReady = false
    for (let n = 0; n < 10; n++) {
      for (let i = 0; i < 50; i++) put(store, 'a', n * 50 + i)
      await until(() => quick.events.at(-1) === `MODIFIED a=${n * 50 + 49}`)
    }
    expect(stuck.isExpired).toBe(true)
    expect(quick.isExpired).toBe(false)
  })

  it('keeps who waits for a kind in which nothing happens, however much happens elsewhere', async () => {
    const store = newStore(100)
    const { channel } = channelOf(store, { name: 'quiet' })
    const client = join(channel)
    for (let n = 0; n < 10; n++) {
      for (let i = 0; i < 50; i++) put(store, 'loud', n * 50 + i)
      await Promise.resolve()
    }
    put(store, 'quiet', 1)
    await until(() => client.events.length === 1)
    expect(client).toMatchObject({ events: ['ADDED quiet=1'], isExpired: false })
    expect(client.watcher.revision).toBe(store.revision)
  })

  it('goes on after a version, for who comes back', () => {
    const store = newStore()
    put(store, 'a', 1)
    const since = store.revision
    put(store, 'a', 2)
    expect(join(channelOf(store).channel, since).events).toEqual(['MODIFIED a=2'])
  })
})
