import type { Clock } from '@tiltts/runtime/ports'
import type { Transport } from '../transport.js'

/** What streams of pods need. */
export interface StreamDeps {
  readonly transport: Transport
  readonly clock: Clock
}
