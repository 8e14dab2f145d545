import { dataFrame, openFrame, pingFrame, spdyReader } from './spdy-frames.js'
import type { Tunnel, TunnelEvents } from './tunnel.js'

const ERROR_STREAM = 1
const DATA_STREAM = 3

/** A port forward as the API speaks it, within a websocket: can say that one side has ended and the other has not. */
export function spdyTunnel(port: number, events: TunnelEvents): Tunnel {
  let failure = ''
  /** What went wrong may be told after the end of the data. */
  const open = new Set([ERROR_STREAM, DATA_STREAM])
  const endOf = (stream: number): void => {
    if (!open.delete(stream)) return
    if (stream === ERROR_STREAM && failure !== '') events.onFailure(failure)
    else if (open.size === 0) events.onEnd()
  }
  const headers = (streamtype: string): Record<string, string> => ({ streamtype, port: String(port), requestid: '0' })
  const read = spdyReader((frame) => {
    if (frame.kind === 'ping') return events.onReply(pingFrame(frame.id))
    if (frame.kind === 'goaway') return events.onFailure('the server ends the connection')
    if (frame.kind === 'reset') return events.onFailure(failure || 'it was broken off')
    if (frame.kind === 'data' && frame.stream === ERROR_STREAM) failure += frame.payload.toString('utf8')
    else if (frame.kind === 'data' && frame.payload.length > 0) events.onData(frame.payload)
    if (frame.fin) endOf(frame.stream)
  })
  return {
    hello: [
      openFrame(ERROR_STREAM, headers('error'), true),
      dataFrame(ERROR_STREAM, Buffer.alloc(0), true),
      openFrame(DATA_STREAM, headers('data'), false),
    ],
    data: (bytes) => dataFrame(DATA_STREAM, bytes, false),
    end: () => dataFrame(DATA_STREAM, Buffer.alloc(0), true),
    read,
  }
}
