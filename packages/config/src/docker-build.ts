import { handle, type ImageHandle } from './handle.js'
import type { LiveUpdate, Ordered, Steps } from './live-update.js'
import { declareUnsupported } from './unsupported.js'
import type { Env, OneOrMany } from './values.js'

/** What every image can be told. */
export interface ImageOptions<S extends Steps = Steps> {
  /** A reusable `liveUpdate(…)`, or its steps in a literal list, whose order is checked alike. */
  readonly liveUpdate?: LiveUpdate | Ordered<S> | undefined
  /** Files that are neither built in nor watched, in .dockerignore syntax. */
  readonly ignore?: OneOrMany<string> | undefined
  /** Find the image also in environment variables of containers. @default false */
  readonly matchInEnvVars?: boolean | undefined
  /** Replaces the command of the container where the image is deployed. A text goes through `sh -c`. */
  readonly entrypoint?: string | readonly string[] | undefined
  /** Replaces the arguments of the container where the image is deployed. */
  readonly containerArgs?: readonly string[] | undefined
}

export interface DockerBuildOptions<S extends Steps = Steps> extends ImageOptions<S> {
  /** @default 'Dockerfile' in the context */
  readonly dockerfile?: string | undefined
  /** The text of the Dockerfile, in place of a file. */
  readonly dockerfileContents?: string | undefined
  /** The stage to build. @default the last */
  readonly target?: string | undefined
  /** Values of `ARG`s; an empty one is taken from the environment. */
  readonly buildArgs?: Env | undefined
  /** Of the context, only these files and folders. No patterns. */
  readonly only?: OneOrMany<string> | undefined
  /** @default DOCKER_DEFAULT_PLATFORM, else that of the cluster */
  readonly platform?: string | undefined
  /** Always pull base images. @default false */
  readonly pull?: boolean | undefined
  readonly network?: string | undefined
  readonly cacheFrom?: OneOrMany<string> | undefined
  readonly extraTag?: OneOrMany<string> | undefined
  readonly extraHosts?: OneOrMany<string> | undefined
  /** For `RUN --mount=type=ssh`. */
  readonly ssh?: OneOrMany<string> | undefined
  /** For `RUN --mount=type=secret`. */
  readonly secret?: OneOrMany<string> | undefined
}

/**
 * Builds an image from a Dockerfile, and puts it where `ref` is named.
 * This version does not build images: it reports the call as `config/unsupported`.
 *
 * @param ref Name of the image, `registry/name` or `name:tag`.
 * @param context Folder that is sent to the builder.
 * @example
 * ```ts
 * const image = dockerBuild('shop/api', './api', { liveUpdate: [sync('./api/src', '/app/src')] })
 * ```
 */
export function dockerBuild<const S extends Steps = readonly []>(
  ref: string,
  context: string,
  options?: DockerBuildOptions<S>,
): ImageHandle
export function dockerBuild(ref: string): ImageHandle {
  declareUnsupported('dockerBuild', ref)
  return handle('image', ref)
}
