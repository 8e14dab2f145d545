import type { PlatformCommand } from './command.js'
import type { ImageOptions } from './docker-build.js'
import type { ExecResult } from './exec.js'
import { handle, type ImageHandle } from './handle.js'
import type { Steps } from './live-update.js'
import type { StepContext } from './step-function.js'
import { declareUnsupported } from './unsupported.js'
import type { Env, OneOrMany } from './values.js'

export interface CustomBuildOptions<S extends Steps = Steps> extends ImageOptions<S> {
  /** Files and folders whose changes build the image again. */
  readonly deps: OneOrMany<string>
  /** The tag that the command will produce. Not together with `outputsImageRefTo`. */
  readonly tag?: string | undefined
  /** The image goes straight to a registry: it is not looked for in local Docker. @default false */
  readonly skipsLocalDocker?: boolean | undefined
  /** The command pushes by itself. @default false */
  readonly disablePush?: boolean | undefined
  /** File that the command writes the reference to. */
  readonly outputsImageRefTo?: string | undefined
  readonly env?: Env | undefined
  /** @default the config's folder */
  readonly dir?: string | undefined
  /** Images that are built first and named in the command's environment. */
  readonly imageDeps?: readonly ImageHandle[] | undefined
}

/** What a function that builds an image is given. */
export type CustomBuildContext = StepContext & {
  /** The reference that the image must have. */
  readonly expectedRef: string
}

/** A function that builds an image. It may return the reference it made. */
export type CustomBuildFunction = (
  ctx: CustomBuildContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement fits
) => string | void | PromiseLike<string | void | ExecResult>

/**
 * Builds an image by a command, which finds its name in `$EXPECTED_REF`, or by a function.
 * This version does not build images: it reports the call as `config/unsupported`.
 *
 * @example
 * ```ts
 * customBuild('shop/api', 'ko build --push=false -t $EXPECTED_TAG ./cmd/api', { deps: ['./cmd', './pkg'] })
 * ```
 */
export function customBuild<const S extends Steps = readonly []>(
  ref: string,
  command: string | readonly string[] | PlatformCommand | CustomBuildFunction,
  options: CustomBuildOptions<S>,
): ImageHandle
export function customBuild(ref: string): ImageHandle {
  declareUnsupported('customBuild', ref)
  return handle('image', ref)
}
