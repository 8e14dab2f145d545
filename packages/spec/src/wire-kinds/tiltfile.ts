import type { RestartOnSpec } from '../kinds/cmd.js'
import type { ApiObject } from '../kinds/meta.js'
import type { TiltfileSpec, TiltfileStatus } from '../kinds/tiltfile.js'

/** A config to be evaluated. The main one is called `(Tiltfile)`. */
export interface WireTiltfileSpec extends TiltfileSpec {
  /** What evaluates it anew. Told, not asked: what a client writes here changes nothing. */
  readonly restartOn?: RestartOnSpec | undefined
}

export type WireTiltfile = ApiObject<'Tiltfile', WireTiltfileSpec, TiltfileStatus>
