import { notTaken, type PodConnection, type PodRef } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import { keepAlive } from '../keep-alive.js'
import { messageBytes } from '../message-bytes.js'
import { podPath } from '../pod-path.js'
import type { StreamDeps } from '../stream-deps.js'
import { byteQueue } from './byte-queue.js'
import { channelTunnel } from './channel-tunnel.js'
import { spdyTunnel } from './spdy-tunnel.js'
import type { Tunnel, TunnelEvents } from './tunnel.js'

const TUNNEL = 'SPDY/3.1+portforward.k8s.io'
const CHANNELS = 'v4.channel.k8s.io'
/**
 * Container runtimes take the end of one side for that of both, and cut the answer off a second later. So it is told
 * only when the pod has been silent for so long.
 */
const END_AFTER_MS = 5000
/** As kubelets and container runtimes say that they could not even connect. */
const NOT_TAKEN =
  /failed to connect to|connection refused|network namespace.*(closed|does not exist)|is not running|not found/i

/**
 * One connection to a port of a pod, over a websocket of its own: who reads slowly holds up nobody else. That nothing
 * listens there is known only once it was tried: then `output` throws.
 */
export async function connectPod(
  { transport, clock }: StreamDeps,
  pod: PodRef,
  port: number,
  signal: AbortSignal,
): Promise<PodConnection> {
  signal.throwIfAborted()
  const cut = new AbortController()
  const forward = (): void => cut.abort(signal.reason)
  signal.addEventListener('abort', forward, { once: true })
  const path = podPath(pod, 'portforward')
  const socket = await transport
    .websocket(path, { ports: port }, [TUNNEL, CHANNELS], cut.signal)
    .catch((error: unknown) => {
      signal.removeEventListener('abort', forward)
      throw error
    })
  keepAlive(socket, clock)
  const queue = byteQueue({ onFull: (isFull) => (isFull ? socket.pause() : socket.resume()) })
  const isTunnel = socket.protocol === TUNNEL
  let isOver = false
  const over = (error?: InfraError): void => {
    if (isOver) return
    isOver = true
    if (error) queue.fail(error)
    else queue.end()
  }
  const broken = (why: string): InfraError => {
    const message = `the connection to port ${port} of pod ${pod.pod} broke: ${why}`
    return new InfraError('kubernetes/refused', 'kubernetes', message, { retry: true })
  }
  let ended = false
  let cancelEnd = (): void => {}
  const endSoon = (): void => {
    cancelEnd()
    cancelEnd = clock.timer(END_AFTER_MS, () => {
      const last = tunnel.end()
      if (socket.readyState !== socket.OPEN) return
      if (last) socket.send(last)
      else socket.close()
    })
  }
  const events: TunnelEvents = {
    onData(bytes) {
      queue.push(bytes)
      if (ended) endSoon()
    },
    onEnd() {
      over()
      socket.close()
    },
    onFailure: (message) => {
      const why = broken(message.trim())
      over(NOT_TAKEN.test(message) ? notTaken(why.message) : why)
      socket.close()
    },
    onReply: (bytes) => socket.send(bytes),
  }
  const tunnel: Tunnel = isTunnel ? spdyTunnel(port, events) : channelTunnel(events)
  socket.on('message', (data) => tunnel.read(messageBytes(data)))
  socket.once('close', (code) => {
    cancelEnd()
    signal.removeEventListener('abort', forward)
    if (signal.aborted) return queue.fail(signal.reason)
    // Without a tunnel an end of the pod's side looks like this.
    over(!isTunnel && (code === 1000 || code === 1005) ? undefined : broken('it was cut'))
  })
  for (const bytes of tunnel.hello) socket.send(bytes)

  return {
    output: queue.output,
    write: (chunk) =>
      new Promise((resolve, reject) => {
        if (ended || socket.readyState !== socket.OPEN)
          return reject(signal.aborted ? signal.reason : broken('it is closed'))
        socket.send(tunnel.data(chunk), (error) => (error ? reject(broken(error.message)) : resolve()))
      }),
    end() {
      if (ended) return
      ended = true
      endSoon()
    },
    close() {
      over()
      socket.resume()
      if (socket.readyState === socket.CLOSED) return
      socket.close()
      // A server that does not say goodbye is not waited for.
      const cancelCut = clock.timer(1000, () => socket.terminate())
      socket.once('close', cancelCut)
    },
  }
}
