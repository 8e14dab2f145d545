import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PodConnection, PodContainerRef } from '@tiltts/runtime/ports'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithKubernetes } from '../../testing/needs-kubernetes.js'
import { type RealPods, realPods } from '../testing/real-pods.js'
import { connectPod } from './connect-pod.js'

const never = new AbortController().signal
let h: RealPods
let pod: PodContainerRef

/** Answers each connection: with what it is sent, after `end` with the sum of it, or with much. */
const SERVER = `
const { createServer } = require('node:net')
const { createHash } = require('node:crypto')
createServer((socket) => { socket.on('error', () => {}); socket.pipe(socket) }).listen(7001)
createServer((socket) => {
  const sum = createHash('sha256')
  let left = 3 * 1024 * 1024
  socket.on('error', () => {})
  socket.on('data', (bytes) => {
    sum.update(bytes)
    left -= bytes.length
    if (left === 0) setTimeout(() => socket.end(sum.digest('hex')), 2000)
  })
}).listen(7002)
createServer((socket) => {
  socket.on('error', () => {})
  let sent = 0
  const more = () => {
    while (sent < 1600) { sent++; if (!socket.write(Buffer.alloc(65536, 'x'))) return void socket.once('drain', more) }
    socket.end()
  }
  setInterval(() => require('node:fs').writeFileSync('/tmp/sent', String(sent)), 100).unref()
  more()
}).listen(7003)
console.log('listening')
`
const image = process.env['TESTBED_REGISTRY'] ? `${process.env['TESTBED_REGISTRY']}/node:20` : 'node:20'
const all = async (connection: PodConnection): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  for await (const bytes of connection.output) pieces.push(bytes)
  return Buffer.concat(pieces)
}
const first = async (connection: PodConnection): Promise<string> => {
  const { value } = await connection.output[Symbol.asyncIterator]().next()
  return Buffer.from(value as Uint8Array).toString()
}
const open = (port: number): Promise<PodConnection> => connectPod(h.deps, pod, port, never)

describeWithKubernetes('a connection to a port of a pod', () => {
  beforeAll(async () => {
    h = await realPods()
    pod = await h.start({ image, command: ['node', '-e', SERVER] })
    for (let turn = 0; turn < 50 && !(await h.kubectl(['logs', pod.pod])).includes('listening'); turn++)
      await sleep(100)
  }, 60_000)
  afterAll(() => h.close())

  it('PF-07: carries bytes both ways over a websocket', async () => {
    const connection = await open(7001)
    await connection.write(Buffer.from('hello'))
    expect(await first(connection)).toBe('hello')
    connection.close()
  })

  it('who sends no more still gets an answer that takes its time', async () => {
    const connection = await open(7002)
    const bytes = Buffer.alloc(3 * 1024 * 1024, 'tiltts')
    for (let at = 0; at < bytes.length; at += 65_536) await connection.write(bytes.subarray(at, at + 65_536))
    connection.end()
    expect((await all(connection)).toString()).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it('who sends no more, and gets nothing more, has the end told to the pod', async () => {
    const connection = await open(7001)
    await connection.write(Buffer.from('hello'))
    connection.end()
    expect((await all(connection)).toString()).toBe('hello')
  })

  it('who does not read holds up the pod, and gets all of it in the end', async () => {
    const connection = await open(7003)
    await sleep(1500)
    expect(Number(await h.ask(pod, 'cat /tmp/sent'))).toBeLessThan(1600)
    expect((await all(connection)).length).toBe(1600 * 65_536)
  })

  it('PF-02: says when nothing listens there, and that trying again may help', async () => {
    const connection = await open(7999)
    await expect(all(connection)).rejects.toMatchObject({
      code: 'kubernetes/refused',
      retry: true,
      message: expect.stringMatching(/port 7999 of pod .*refused/s),
      // Nobody has had any of it.
      details: { taken: false },
    })
    const absent = connectPod(h.deps, { ...pod, pod: 'none' }, 80, never)
    await expect(absent).rejects.toMatchObject({
      code: 'kubernetes/refused',
      message: expect.stringContaining('not found'),
    })
  })

  it('an abort breaks it off', async () => {
    const abort = new AbortController()
    const connection = await connectPod(h.deps, pod, 7001, abort.signal)
    const reading = all(connection)
    abort.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
    await expect(connection.write(Buffer.from('x'))).rejects.toThrow('enough')
  })

  it('PF-02: ends with the pod', async () => {
    const connection = await open(7001)
    await connection.write(Buffer.from('hello'))
    const reading = all(connection).then(
      (bytes) => bytes.toString(),
      (error: Error) => error.message,
    )
    await h.kubectl(['delete', 'pod', pod.pod, '--now'])
    expect(await reading).toMatch(/^hello$|broke/)
  })
})
