import type { Duration } from './duration.js'
import { declareUnsupported } from './unsupported.js'

export interface RegistryOptions {
  /** How the cluster reaches the registry, when that is another name. */
  readonly hostFromCluster?: string | undefined
  /** Push all images under this one name, told apart by tag. */
  readonly singleName?: string | undefined
}

/**
 * The registry that all built images are pushed to.
 * This version does not build images: it reports the call as `config/unsupported`.
 */
export function defaultRegistry(host: string, options?: RegistryOptions): void
export function defaultRegistry(host: string): void {
  declareUnsupported('defaultRegistry', host)
}

export interface DockerPruneSettings {
  /** @default false */
  readonly disable?: boolean | undefined
  /** Images younger than this are kept. @default '6h' */
  readonly maxAge?: Duration | undefined
  /** Prune after so many builds. Not together with `interval`. */
  readonly numBuilds?: number | undefined
  /** Time between two prunings. @default '1h' */
  readonly interval?: Duration | undefined
  /** How many of the newest of each image are kept. @default 2 */
  readonly keepRecent?: number | undefined
}

/**
 * When images of earlier builds are removed.
 * This version does not build images: it reports the call as `config/unsupported`.
 */
export function dockerPruneSettings(settings: DockerPruneSettings): void
export function dockerPruneSettings(): void {
  declareUnsupported('dockerPruneSettings', '')
}
