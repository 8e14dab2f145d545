import type { PruneSettingsSpec } from '@tiltts/spec'
import { declaring } from './call/call.js'
import { checkedOptions, type Expectation, type Expectations } from './call/expect.js'
import { durationText, flag } from './call/expectations.js'
import { type Duration, parseDuration } from './duration.js'

/** What {@link dockerPruneSettings} takes. */
export interface DockerPruneSettings {
  /** Remove nothing by itself; `tiltts docker-prune` still does. @default false */
  readonly disable?: boolean | undefined
  /** Images younger than this are kept. @default '6h' */
  readonly maxAge?: Duration | undefined
  /** Prune after so many images were built, in place of `interval`; 0: by time. @default 0 */
  readonly numBuilds?: number | undefined
  /** Time between two prunings, at least a second. Not together with `numBuilds`. @default '1h' */
  readonly interval?: Duration | undefined
  /** How many images of each name are kept, the newest, however old they are. @default 2 */
  readonly keepRecent?: number | undefined
}

const count: Expectation = {
  expected: 'a whole number of at least 0',
  fits: (value) => Number.isInteger(value) && Number(value) >= 0,
}

const expectations: Expectations<DockerPruneSettings> = {
  disable: flag,
  maxAge: durationText,
  numBuilds: count,
  interval: {
    expected: "a duration of at least one second, such as '1h'",
    fits: (value) => (parseDuration(value) ?? 0) >= 1000,
  },
  keepRecent: count,
}

/**
 * When what earlier builds left in Docker is removed: old images of this config and their stopped containers, and build cache
 * that nothing has used for `maxAge`. First after the first build of a session, then by `interval` or `numBuilds`, and never
 * while something builds. Images in use, and those that also have a tag of somebody else, stay. One line in the log says
 * what was freed.
 *
 * Several calls add up; of one setting the last call wins. `numBuilds` and `interval` in one call are an error.
 *
 * @example
 * ```ts
 * dockerPruneSettings({ maxAge: '24h', keepRecent: 3 })
 * ```
 */
export function dockerPruneSettings(settings: DockerPruneSettings): void {
  const call = declaring('dockerPruneSettings')
  const { draft } = call.recorder
  const good = checkedOptions(call, 'dockerPruneSettings()', settings, expectations)
  const { numBuilds, interval } = good
  if (numBuilds !== undefined && numBuilds > 0 && interval !== undefined) {
    call.error(
      'config/invalid-option',
      'dockerPruneSettings() has both numBuilds and interval',
      'Prune after so many builds, or after so much time',
    )
    return
  }
  const given: PruneSettingsSpec = {
    disable: good.disable,
    maxAgeMs: parseDuration(good.maxAge),
    // a call that says how often takes the place of one that said it in the other way
    numBuilds: numBuilds ?? (interval === undefined ? undefined : 0),
    intervalMs: parseDuration(interval),
    keepRecent: good.keepRecent,
  }
  const present = Object.entries(given).filter(([, value]) => value !== undefined)
  draft.settings = { ...draft.settings, prune: { ...draft.settings.prune, ...Object.fromEntries(present) } }
}
