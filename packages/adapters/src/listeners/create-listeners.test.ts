import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { listenersContract } from '@tiltts/runtime/contracts/listeners'
import { expect, it } from 'vitest'
import { createListeners } from './create-listeners.js'

const client = async (host: string, port: number): Promise<Socket> => {
  const socket = connect({ host, port, allowHalfOpen: true })
  await once(socket, 'connect')
  return socket
}
const received = async (socket: Socket): Promise<string> => {
  let text = ''
  for await (const bytes of socket) text += String(bytes)
  return text
}

listenersContract('the ports of this machine', async () => {
  const sockets: Socket[] = []
  return {
    listeners: createListeners(),
    async connect(host, port) {
      const socket = await client(host, port)
      sockets.push(socket)
      const all = received(socket)
      all.catch(() => {})
      return {
        send: (text) => new Promise((resolve) => socket.write(text, () => resolve())),
        end: () => void socket.end(),
        received: all,
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy()
    },
  }
})

it('localhost is both loopback addresses', async () => {
  const listener = await createListeners().listen({ host: 'localhost', port: 0 }, (connection) => connection.end())
  for (const host of ['127.0.0.1', '::1']) {
    const reached = client(host, listener.port).then(received)
    // A machine may have no IPv6.
    if (host === '::1')
      await reached.catch((error: NodeJS.ErrnoException) =>
        expect(error.code).toMatch(/ADDRNOTAVAIL|AFNOSUPPORT|ECONNREFUSED/),
      )
    else expect(await reached).toBe('')
  }
  await listener.close()
})

it.runIf(process.platform === 'linux')('PF-03: names the process that has the port', async () => {
  const script = `require('node:net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const port = Number(String((await once(child.stdout, 'data'))[0]))
    await expect(createListeners().listen({ host: 'localhost', port }, () => {})).rejects.toMatchObject({
      code: 'port-forward/port-busy',
      message: expect.stringMatching(
        new RegExp(`port ${port} of localhost is taken by .*node.* \\(process ${child.pid}\\)`),
      ),
    })
  } finally {
    child.kill()
  }
})

it('says when the machine has no such address', async () => {
  await expect(createListeners().listen({ host: '203.0.113.7', port: 0 }, () => {})).rejects.toMatchObject({
    message: 'cannot listen on port 0 of 203.0.113.7: this machine has no such address',
  })
})
