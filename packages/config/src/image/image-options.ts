import type { ImageNode } from '@tiltts/spec'
import type { Call } from '../call/call.js'
import type { Expectations } from '../call/expect.js'
import { argv, flag, patterns } from '../call/expectations.js'
import type { Declaration } from '../collector/recorder.js'
import { containerArgv, processCommand } from '../command.js'
import type { LiveUpdate, Ordered, Steps } from '../live-update.js'
import { keepLiveUpdate } from '../live-update-spec.js'
import type { OneOrMany } from '../values.js'

/** What every image can be told. */
export interface ImageOptions<S extends Steps = Steps> {
  /**
   * How running containers take over changed files without a new image: a list of steps, or a reusable `liveUpdate(…)`.
   * The order of the steps is checked by the compiler: `fallBackOn` and `initialSync` first, then `sync`, then `run`,
   * a restart last. At least one `sync` or `run` must be there; an empty list is no live update.
   *
   * @example
   * ```ts
   * liveUpdate: [sync('./api', '/app'), run('npm install', { trigger: './api/package.json' })]
   * ```
   */
  readonly liveUpdate?: LiveUpdate | Ordered<S> | undefined
  /**
   * Files that neither go into the build nor trigger one, in .dockerignore syntax. They count from the context, with
   * `customBuild` from each folder in `deps`. A `!` brings back only what this list left out, not what a .dockerignore did.
   *
   * @example
   * ```ts
   * ignore: ['**\/*_test.go', 'docs']
   * ```
   */
  readonly ignore?: OneOrMany<string> | undefined
  /** Find the image also in values of environment variables of Kubernetes containers. @default false */
  readonly matchInEnvVars?: boolean | undefined
  /**
   * Takes the place of the container's command where the image is deployed to Kubernetes; its arguments stay. A text
   * goes through `sh -c`. A compose service has its own `entrypoint`, so there this is an error.
   */
  readonly entrypoint?: string | readonly string[] | undefined
  /** Takes the place of the container's arguments where the image is deployed to Kubernetes. An error for a compose service. */
  readonly containerArgs?: readonly string[] | undefined
}

export const imageExpectations: Expectations<ImageOptions> = {
  // what is wrong with a live update is told step by step
  liveUpdate: { expected: 'a list of steps', fits: () => true },
  ignore: patterns,
  matchInEnvVars: flag,
  entrypoint: processCommand,
  containerArgs: argv,
}

type Common = Pick<ImageNode, 'ref' | 'place' | 'liveUpdate' | 'matchInEnvVars' | 'entrypoint' | 'containerArgs'>

/**
 * The part of a node that every image has; ignores are left to the caller, who knows its folders.
 *
 * @param folders Where the files of the image are, for paths of the live update that count from there.
 */
export function keepImageOptions(
  call: Call,
  subject: string,
  ref: string,
  options: Partial<ImageOptions>,
  folders: readonly string[],
): Declaration<Common> {
  const liveUpdate = keepLiveUpdate(call, subject, options.liveUpdate, folders)
  const entrypoint = containerArgv(options.entrypoint)
  return (finish) => ({
    ref,
    place: finish.place(call.at),
    liveUpdate: liveUpdate?.(finish),
    matchInEnvVars: options.matchInEnvVars ?? false,
    entrypoint,
    containerArgs: options.containerArgs,
  })
}
