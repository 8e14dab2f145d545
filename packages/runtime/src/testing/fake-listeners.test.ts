import { expect, it } from 'vitest'
import { listenersContract } from '../ports/listeners.contract.js'
import { fakeListeners } from './fake-listeners.js'

listenersContract('fake listeners', async () => {
  const listeners = fakeListeners()
  return {
    listeners,
    connect: async (_host, port) => {
      const client = listeners.connect(port)
      return { send: async (text) => client.send(text), end: client.end, received: client.received }
    },
    close: async () => {},
  }
})

it('PF-03: names the process that has a port', async () => {
  const listeners = fakeListeners()
  const release = listeners.occupy(8080, 'node server.js (process 4711)')
  const listen = (): Promise<{ port: number }> => listeners.listen({ host: 'localhost', port: 8080 }, () => {})
  await expect(listen()).rejects.toThrow('port 8080 of localhost is taken by node server.js (process 4711)')
  release()
  expect((await listen()).port).toBe(8080)
})
