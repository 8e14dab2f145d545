import type { Json } from '../json.js'
import type { Place } from '../place.js'

/** One argument that the config defines. */
export interface ArgSpec {
  /** As written in defineArgs: `toRun`. On the command line and in tilt_config.json also `to-run` and `to_run`. */
  readonly name: string
  readonly type: 'string' | 'number' | 'duration' | 'boolean' | 'stringList' | 'resources' | 'choice' | 'object'
  readonly positional: boolean
  readonly description: string | undefined
  readonly choices: readonly string[] | undefined
  /** The value this evaluation used. `undefined` when it has none. */
  readonly value: Json | undefined
  readonly place: Place | undefined
}
