import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { manualClock } from '@tiltts/runtime/testing'
import { InfraError } from '@tiltts/spec'
import { expect, it } from 'vitest'
import type { Transport } from '../../transport.js'
import { podLogs } from './pod-logs.js'

const target = { namespace: 'default', pod: 'api', container: 'main' }
const running = {
  status: { containerStatuses: [{ name: 'main', containerID: 'containerd://1', state: { running: {} } }] },
}
const line = (second: number, text: string): string => `2026-01-02T03:04:0${second}.000000001Z ${text}\n`

/** A server of one running container; each stream of its log is handed over. */
function server(pod: object = running): { readonly transport: Transport; readonly streams: PassThrough[] } {
  const streams: PassThrough[] = []
  const transport: Transport = {
    request: async () => ({ status: 200, body: pod, warnings: [], bytes: 0 }),
    async stream() {
      const body = new PassThrough()
      streams.push(body)
      return { status: 200, headers: {}, body, failure: (error) => error }
    },
    websocket: () => Promise.reject(new Error('not asked for here')),
  }
  return { transport, streams }
}
const settle = async (): Promise<void> => {
  for (let count = 0; count < 10; count++) await turn()
}

it('LOG-01: leaves a connection that has died without a word, and goes on behind its last line', async () => {
  const clock = manualClock()
  const { transport, streams } = server()
  const abort = new AbortController()
  let seen = ''
  const reading = (async () => {
    for await (const { text } of podLogs({ transport, clock }, target, {}, abort.signal)) seen += text
  })()
  reading.catch(() => {})
  await settle()
  streams[0]?.write(line(1, 'a'))
  await settle()
  await clock.advance(29_000)
  await settle()
  expect(streams).toHaveLength(1)
  await clock.advance(1000)
  await settle()
  expect(streams).toHaveLength(2)
  streams[1]?.write(line(1, 'a') + line(2, 'b'))
  await settle()
  expect(seen).toBe('a\nb\n')
  abort.abort(new Error('enough'))
  streams[1]?.destroy(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
})

it('passes on that the log may not be read', async () => {
  const forbidden = new InfraError('kubernetes/forbidden', 'kubernetes', 'cannot get resource "pods/log"')
  const transport: Transport = { ...server().transport, stream: () => Promise.reject(forbidden) }
  const logs = podLogs({ transport, clock: manualClock() }, target, {}, new AbortController().signal)
  await expect(logs[Symbol.asyncIterator]().next()).rejects.toBe(forbidden)
})

it('says that there is no log yet where a server answers with nothing, as for a pod without a node', async () => {
  const { transport, streams } = server({ status: { phase: 'Pending' } })
  const logs = podLogs({ transport, clock: manualClock() }, target, {}, new AbortController().signal)
  const reading = logs[Symbol.asyncIterator]().next()
  reading.catch(() => {})
  await settle()
  streams[0]?.end()
  await expect(reading).rejects.toMatchObject({
    code: 'kubernetes/refused',
    message: 'container "main" in pod "api" is waiting to start',
  })
})

it('follows a run that began while its log was asked for', async () => {
  let pod: object = { status: { phase: 'Pending' } }
  const { streams, transport } = server()
  const late: Transport = {
    ...transport,
    request: async () => ({ status: 200, body: pod, warnings: [], bytes: 0 }),
  }
  const abort = new AbortController()
  let seen = ''
  const reading = (async () => {
    for await (const { text } of podLogs({ transport: late, clock: manualClock() }, target, {}, abort.signal))
      seen += text
  })()
  reading.catch(() => {})
  await settle()
  pod = running
  streams[0]?.end(line(1, 'a'))
  await settle()
  streams[1]?.write(line(1, 'a') + line(2, 'b'))
  await settle()
  expect(seen).toBe('a\nb\n')
  abort.abort(new Error('enough'))
  streams[1]?.destroy(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
})
