import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { type Endpoint, send, textOf } from './transport.js'

/** Answers the first request of each connection, and ends the connection at the second. */
async function forgetfulServer(): Promise<Endpoint> {
  const known = new Set<Socket>()
  const server = createServer((asked, answer) => {
    if (known.has(asked.socket)) asked.socket.resetAndDestroy()
    else answer.end('answer')
    known.add(asked.socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, token: '' }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('asks again where the server has ended the connection meanwhile', async () => {
  const endpoint = await forgetfulServer()
  for (let n = 0; n < 3; n++) {
    expect(await textOf(await send(endpoint, { method: 'GET', path: '/' }))).toBe('answer')
    await nextTurn()
  }
})

it('does not send twice what may change something', async () => {
  const endpoint = await forgetfulServer()
  expect(await textOf(await send(endpoint, { method: 'POST', path: '/' }))).toBe('answer')
  await nextTurn()
  await expect(send(endpoint, { method: 'POST', path: '/' })).rejects.toMatchObject({ code: 'ECONNRESET' })
})
