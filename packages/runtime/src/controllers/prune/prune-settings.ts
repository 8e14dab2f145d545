import { registryRef } from '@tiltts/core/images'
import type { ImageSpec, Millis, PruneSettingsSpec, RegistrySpec } from '@tiltts/spec'
import type { PruneRequest } from '../../ports/docker.js'

const hourMs = 3_600_000
const defaults = { disable: false, maxAgeMs: 6 * hourMs, numBuilds: 0, intervalMs: hourMs, keepRecent: 2 }

/** What was built and pruned so far. */
export interface PruneHistory {
  /** When it was pruned last. */
  readonly prunedAt: Millis | undefined
  /** Images that were built since then, or since the session began. */
  readonly builds: number
}

/**
 * When it is time to prune: a moment in the past, one to come, or not before more is built (`undefined`). First after the
 * first build, then by time, or by builds when the settings say so.
 */
export function pruneDueAt(settings: PruneSettingsSpec, { prunedAt, builds }: PruneHistory): Millis | undefined {
  const { disable = defaults.disable, numBuilds = defaults.numBuilds, intervalMs = defaults.intervalMs } = settings
  if (disable) return undefined
  if (prunedAt === undefined) return builds > 0 ? 0 : undefined
  if (numBuilds > 0) return builds >= numBuilds ? 0 : undefined
  return prunedAt + intervalMs
}

/** What is asked of the engine. */
export function pruneRequest(
  { maxAgeMs = defaults.maxAgeMs, keepRecent = defaults.keepRecent }: PruneSettingsSpec,
  repositories: readonly string[],
  now: Millis,
): PruneRequest {
  return { repositories, maxAgeMs, keepRecent, now }
}

/**
 * What the images of a config are called here and in its registry. A repository that holds images of all names is left
 * out: nobody can tell whose they are.
 */
export function prunedRepositories(
  images: readonly Pick<ImageSpec, 'repository'>[],
  registry: RegistrySpec | undefined,
): readonly string[] {
  const pushed = registry?.singleName === undefined ? registry : undefined
  return [...new Set(images.flatMap(({ repository }) => [repository, registryRef(repository, pushed).local]))]
}
