import type { SettingsSpec } from '@tiltts/spec'
import { type Call, declaring } from './call/call.js'
import { checkedOptions, describe, type Expectations } from './call/expect.js'
import { durationText, flag, oneOf, patterns, positiveInteger, text, texts } from './call/expectations.js'
import { listOf } from './call/lists.js'
import { type Duration, parseDuration } from './duration.js'
import type { TriggerMode } from './resource-options.js'
import { satisfies } from './semver-range.js'
import type { OneOrMany } from './values.js'

export interface UpdateSettings {
  /** How many updates run at once, at least 1. @default 3 */
  readonly maxParallelUpdates?: number | undefined
  /** How long one apply to a Kubernetes cluster may take, at least one second. @default '30s' */
  readonly k8sUpsertTimeout?: Duration | undefined
  /** Images that may stay unused without a warning; `'*'` is all. Several calls add up. */
  readonly suppressUnusedImageWarnings?: OneOrMany<string> | undefined
  /** Whether manifests are applied on the server's side. @default 'auto' */
  readonly k8sServerSideApply?: boolean | 'auto' | undefined
}

export interface CiSettings {
  /** How long the whole run of `tiltts ci` may take, 0 for no limit. Wins over `--timeout`. @default '30m' */
  readonly timeout?: Duration | undefined
  /** How long a server may stay unready, 0 for no limit. @default '5m' */
  readonly readinessTimeout?: Duration | undefined
  /** How long errors of a deployed Kubernetes resource are tolerated before `ci` fails. @default 0 */
  readonly k8sGracePeriod?: Duration | undefined
}

export interface WatchSettings {
  /** What never triggers anything, in .dockerignore syntax, relative to the config's folder. */
  readonly ignore: OneOrMany<string>
}

export interface SecretSettings {
  /** Leave secrets readable in logs. @default false */
  readonly disableScrub?: boolean | undefined
}

export interface VersionSettings {
  /** The versions of tiltts that this config works with: `'>=0.1'`, `'^1.2'`. Another is an error. */
  readonly constraint?: string | undefined
  /** Whether to look for newer versions. @default true */
  readonly checkUpdates?: boolean | undefined
}

const updateExpectations: Expectations<UpdateSettings> = {
  maxParallelUpdates: positiveInteger,
  k8sUpsertTimeout: {
    expected: "a duration of at least one second, such as '30s'",
    fits: (value) => (parseDuration(value) ?? 0) >= 1000,
  },
  suppressUnusedImageWarnings: texts,
  k8sServerSideApply: {
    expected: "true, false or 'auto'",
    fits: (value) => flag.fits(value) || value === 'auto',
  },
}

const ciExpectations: Expectations<CiSettings> = {
  timeout: durationText,
  readinessTimeout: durationText,
  k8sGracePeriod: durationText,
}

const watchExpectations: Expectations<WatchSettings> = {
  ignore: patterns,
}

/**
 * How updates are run. Several calls add up; of one setting the last call wins.
 *
 * @example
 * ```ts
 * updateSettings({ maxParallelUpdates: 10 })
 * ```
 */
export function updateSettings(settings: UpdateSettings): void {
  const call = declaring('updateSettings')
  const good = checkedOptions(call, 'updateSettings()', settings, updateExpectations)
  const before = call.recorder.draft.settings.suppressUnusedImageWarnings ?? []
  const suppressed = [...before, ...listOf(good.suppressUnusedImageWarnings)]
  set(call, {
    maxParallelUpdates: good.maxParallelUpdates,
    k8sUpsertTimeoutMs: parseDuration(good.k8sUpsertTimeout),
    k8sServerSideApply: good.k8sServerSideApply,
    suppressUnusedImageWarnings: suppressed.length > 0 ? suppressed : undefined,
  })
}

/**
 * When `tiltts ci` gives up.
 *
 * @example
 * ```ts
 * ciSettings({ timeout: '10m', readinessTimeout: '2m' })
 * ```
 */
export function ciSettings(settings: CiSettings): void {
  const call = declaring('ciSettings')
  const good = checkedOptions(call, 'ciSettings()', settings, ciExpectations)
  set(call, {
    ciTimeoutMs: parseDuration(good.timeout),
    ciReadinessTimeoutMs: parseDuration(good.readinessTimeout),
    ciK8sGracePeriodMs: parseDuration(good.k8sGracePeriod),
  })
}

/**
 * Files whose changes are nobody's business: they trigger no resource and no reload, and never shrink a build context.
 * Several calls add up. A `.tiltignore` beside the main config does the same.
 *
 * @example
 * ```ts
 * watchSettings({ ignore: ['**\/*_test.go', 'docs/**'] })
 * ```
 */
export function watchSettings(settings: WatchSettings): void {
  const call = declaring('watchSettings')
  const { ignore } = checkedOptions(call, 'watchSettings()', settings, watchExpectations)
  const given = listOf(ignore)
  if (given.length > 0) call.recorder.draft.watchIgnores.push({ basePath: call.folder(), patterns: given })
}

/** How secrets are treated. */
export function secretSettings(settings: SecretSettings): void {
  const call = declaring('secretSettings')
  set(call, checkedOptions(call, 'secretSettings()', settings, { disableScrub: flag }))
}

/**
 * Which versions of tiltts this config works with.
 *
 * @example
 * ```ts
 * versionSettings({ constraint: '>=0.1' })
 * ```
 */
export function versionSettings(settings: VersionSettings): void {
  const call = declaring('versionSettings')
  const { constraint, checkUpdates } = checkedOptions(call, 'versionSettings()', settings, {
    constraint: text,
    checkUpdates: flag,
  })
  set(call, { checkUpdates })
  if (constraint === undefined) return
  const { version } = call.recorder.options
  const fits = satisfies(version, constraint)
  if (fits === undefined) {
    call.error('config/invalid-option', `versionSettings(): '${constraint}' is no range of versions`, "Write: '>=0.1'")
  } else if (!fits) {
    call.error('config/version', `This config needs tiltts ${constraint}, and ${version} is running`)
  }
}

/**
 * The trigger mode of all resources that name none, also of those declared before. It can be called once.
 *
 * @example
 * ```ts
 * triggerMode('manual')
 * ```
 */
export function triggerMode(mode: TriggerMode): void {
  const call = declaring('triggerMode')
  const { draft } = call.recorder
  const { expected, fits } = oneOf('auto', 'manual')
  if (!fits(mode)) {
    call.error('config/invalid-option', `triggerMode(): expected ${expected}, got ${describe(mode)}`)
    return
  }
  if (draft.triggerModeAt !== undefined) {
    draft.findings.push({
      code: 'config/invalid-option',
      severity: 'error',
      message: 'triggerMode() was called before',
      hint: 'Keep one of the two calls, or set triggerMode on single resources',
      at: call.at,
      also: draft.triggerModeAt,
    })
    return
  }
  draft.triggerModeAt = call.at
  set(call, { triggerMode: mode })
}

/** Takes over what is set; what is not keeps its value. */
function set(call: Call, changes: SettingsSpec): void {
  const { draft } = call.recorder
  const present = Object.entries(changes).filter(([, value]) => value !== undefined)
  draft.settings = { ...draft.settings, ...Object.fromEntries(present) }
}
