import type { Clock } from '@tiltts/runtime/ports'

export interface HeartbeatOptions {
  readonly clock: Clock
  /** How long the process may give no answer. */
  readonly limitMs: number
  readonly ping: () => void
  readonly onBlocked: () => void
}

export interface Heartbeat {
  /** The process has answered. */
  pong(): void
  /** The process has printed something. */
  printed(): void
  stop(): void
}

const ticksPerLimit = 10
/** A loop that prints waits for us to read, and that time is not its own: it gets so many times the limit. */
const limitsWhilePrinting = 6

/**
 * Asks a process again and again whether its event loop still turns. Counts turns of our own timer rather than time:
 * when this process was stopped itself, or the machine slept, that is one turn and no reason to blame the other.
 */
export function startHeartbeat({ clock, limitMs, ping, onBlocked }: HeartbeatOptions): Heartbeat {
  let asked = false
  let missed = 0
  let missedPrinting = 0
  let hasPrinted = false
  let cancel = (): void => {}
  const tick = (): void => {
    if (!asked) {
      asked = true
      ping()
    } else if (hasPrinted && missedPrinting < ticksPerLimit * limitsWhilePrinting) missedPrinting += 1
    else missed += 1
    hasPrinted = false
    if (missed >= ticksPerLimit) onBlocked()
    else cancel = clock.timer(limitMs / ticksPerLimit, tick)
  }
  tick()
  return {
    pong() {
      asked = false
      missed = 0
      missedPrinting = 0
    },
    printed() {
      hasPrinted = true
    },
    stop: () => cancel(),
  }
}
