import { afterEach, describe, expect, it } from 'vitest'
import type { Listener, Listeners, LocalConnection } from './listeners.js'

/** What somebody on this machine opens to a port. */
export interface ContractClient {
  send(text: string): Promise<void>
  end(): void
  /** All that came until the other side ended; rejects when it broke off. */
  readonly received: Promise<string>
}

export interface ListenersHarness {
  readonly listeners: Listeners
  /** Rejects when nobody listens there. */
  readonly connect: (host: string, port: number) => Promise<ContractClient>
  readonly close: () => Promise<void>
}

/** What all listeners do. */
export function listenersContract(name: string, make: () => Promise<ListenersHarness>): void {
  const open: ListenersHarness[] = []
  const start = async (): Promise<ListenersHarness> => {
    const harness = await make()
    open.push(harness)
    return harness
  }
  const listening: Listener[] = []
  const listen = async (
    { listeners }: ListenersHarness,
    onConnection: (connection: LocalConnection) => void,
    address = { host: 'localhost', port: 0 },
  ): Promise<number> => {
    const listener = await listeners.listen(address, onConnection)
    listening.push(listener)
    return listener.port
  }
  const echo = async (connection: LocalConnection): Promise<void> => {
    for await (const bytes of connection.input) await connection.write(bytes)
    connection.end()
  }

  describe(`${name} as listeners`, () => {
    afterEach(async () => {
      await Promise.all(listening.splice(0).map((listener) => listener.close()))
      await Promise.all(open.splice(0).map((harness) => harness.close()))
    })

    it('PF-03: chooses a free port for 0, and carries bytes both ways', async () => {
      const harness = await start()
      const port = await listen(harness, (connection) => void echo(connection))
      const other = await listen(harness, () => {})
      expect(port).toBeGreaterThan(0)
      expect(other).not.toBe(port)
      const client = await harness.connect('localhost', port)
      await client.send('one ')
      await client.send('two')
      client.end()
      expect(await client.received).toBe('one two')
    })

    it('the end of one side is not that of the other', async () => {
      const harness = await start()
      const answer = async (connection: LocalConnection): Promise<void> => {
        let text = ''
        for await (const bytes of connection.input) text += Buffer.from(bytes).toString()
        await connection.write(Buffer.from(`got ${text}`))
        connection.end()
      }
      const client = await harness.connect('127.0.0.1', await listen(harness, (connection) => void answer(connection)))
      await client.send('all')
      client.end()
      expect(await client.received).toBe('got all')
    })

    it('PF-03: says that a port is busy', async () => {
      const harness = await start()
      const port = await listen(harness, () => {})
      await expect(harness.listeners.listen({ host: 'localhost', port }, () => {})).rejects.toMatchObject({
        code: 'port-forward/port-busy',
        message: expect.stringContaining(String(port)),
      })
    })

    it('shows who is connected that it was broken off', async () => {
      const harness = await start()
      const breakOff = async (connection: LocalConnection): Promise<void> => {
        for await (const _ of connection.input) return connection.destroy()
      }
      const port = await listen(harness, (connection) => void breakOff(connection))
      const client = await harness.connect('localhost', port)
      await client.send('x')
      await expect(client.received).rejects.toThrow()
    })

    it('its end is that of its connections, and frees the port', async () => {
      const harness = await start()
      const connections: LocalConnection[] = []
      const listener = await harness.listeners.listen({ host: 'localhost', port: 0 }, (connection) => {
        connections.push(connection)
        void echo(connection).catch(() => {})
      })
      const client = await harness.connect('localhost', listener.port)
      await client.send('x')
      const over = client.received.then(
        () => 'over',
        () => 'over',
      )
      await listener.close()
      expect(await over).toBe('over')
      await expect(harness.connect('localhost', listener.port)).rejects.toThrow()
      expect(await listen(harness, () => {}, { host: 'localhost', port: listener.port })).toBe(listener.port)
    })
  })
}
