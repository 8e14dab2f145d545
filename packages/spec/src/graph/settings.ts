/** Everything that is set once for a session. Absent means the default named here. */
export interface SettingsSpec {
  /** How many updates run at once. @default 3 */
  readonly maxParallelUpdates?: number | undefined
  /** Whole run of `ci`, 0 = no limit. @default 1800000 (30 minutes) */
  readonly ciTimeoutMs?: number | undefined
  /** How long a server may stay unready in `ci`, 0 = no limit. @default 300000 (5 minutes) */
  readonly ciReadinessTimeoutMs?: number | undefined
  /** How long runtime errors of deployed resources are tolerated in `ci`. @default 0 */
  readonly ciK8sGracePeriodMs?: number | undefined
  /** Trigger mode of resources that name none. @default 'auto' */
  readonly triggerMode?: 'auto' | 'manual' | undefined
  /** Switches the redaction of secrets off. @default false */
  readonly disableScrub?: boolean | undefined
  /** How long one apply to a cluster may take. @default 30000 */
  readonly k8sUpsertTimeoutMs?: number | undefined
  /** Whether manifests are applied on the server's side. @default 'auto' */
  readonly k8sServerSideApply?: boolean | 'auto' | undefined
  /** Images that may stay unused without a warning; `*` is all. @default [] */
  readonly suppressUnusedImageWarnings?: readonly string[] | undefined
  /** Whether to look for newer versions. @default true */
  readonly checkUpdates?: boolean | undefined
  readonly prune?: PruneSettingsSpec | undefined
}

/** When and what of earlier builds is removed from Docker. */
export interface PruneSettingsSpec {
  /** @default false */
  readonly disable?: boolean | undefined
  /** @default 21600000 (6 hours) */
  readonly maxAgeMs?: number | undefined
  /** Prune after so many builds, in place of `intervalMs`; 0: by time. @default 0 */
  readonly numBuilds?: number | undefined
  /** @default 3600000 (1 hour) */
  readonly intervalMs?: number | undefined
  /** So many images of each name stay. @default 2 */
  readonly keepRecent?: number | undefined
}
