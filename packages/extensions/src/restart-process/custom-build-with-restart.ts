import { type CustomBuildOptions, customBuild, fail, type ImageHandle, type Steps } from '@tiltts/config'
import { type RestartOptions, stepsWithRestart } from './restart-options.js'

/** What says that the image is made elsewhere, so that nothing can be added to it here. */
type Refused = 'skipsLocalDocker' | 'disablePush' | 'tag'
const refused: ReadonlySet<string> = new Set<Refused>(['skipsLocalDocker', 'disablePush', 'tag'])

export type CustomBuildWithRestartOptions<S extends Steps = Steps> = Omit<CustomBuildOptions<S>, Refused> &
  RestartOptions

/**
 * `customBuild` whose process is restarted in place at the end of each live update; where the container must stay, it
 * stays. The image must be in local Docker after the command, so `skipsLocalDocker`, `disablePush` and `tag` are errors.
 *
 * @param options Those of `customBuild`, with `entrypoint` for what is started, and a `liveUpdate` without a restart.
 * @returns A handle for `image` and `imageDeps`.
 * @throws Without an `entrypoint`, without steps, or when there is a restart among them; the error shows this call.
 * @example
 * ```ts
 * customBuildWithRestart('shop/api', 'make image TAG=$EXPECTED_REF', {
 *   deps: './api',
 *   entrypoint: '/app/server --dev',
 *   liveUpdate: [sync('./api/bin', '/app')],
 * })
 * ```
 */
export function customBuildWithRestart<const S extends Steps>(
  ref: string,
  command: string | readonly string[],
  options: CustomBuildWithRestartOptions<S>,
): ImageHandle {
  const subject = `customBuildWithRestart('${ref}')`
  for (const [option, value] of Object.entries(options)) {
    if (value !== undefined && refused.has(option)) {
      fail(`${subject} cannot have ${option}: the image must be in local Docker`)
    }
  }
  const { entrypoint, restartFile: _, trigger, exitPolicy, liveUpdate, ...rest } = options
  const steps = stepsWithRestart(subject, liveUpdate, { entrypoint, trigger, exitPolicy })
  return customBuild(ref, command, { ...rest, liveUpdate: steps })
}
