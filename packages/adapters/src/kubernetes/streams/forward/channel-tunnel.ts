import type { Tunnel, TunnelEvents } from './tunnel.js'

const DATA = 0
const ERROR = 1

/** A port forward as servers speak it that know no tunnels yet: one byte for the channel. Knows no end of one side. */
export function channelTunnel(events: TunnelEvents): Tunnel {
  /** The first message of each channel is the number of the port. */
  const greeted = new Set<number>()
  return {
    hello: [],
    data: (bytes) => Buffer.concat([Buffer.from([DATA]), bytes]),
    end: () => undefined,
    read(message) {
      const [channel = DATA] = message
      if (!greeted.has(channel)) {
        greeted.add(channel)
        return
      }
      const bytes = message.subarray(1)
      if (bytes.length === 0) return
      if (channel === ERROR) events.onFailure(bytes.toString('utf8'))
      else events.onData(bytes)
    },
  }
}
