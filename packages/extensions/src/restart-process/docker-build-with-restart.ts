import { type DockerBuildOptions, dockerBuild, type ImageHandle, type Steps } from '@tiltts/config'
import { type RestartOptions, stepsWithRestart } from './restart-options.js'

export type DockerBuildWithRestartOptions<S extends Steps = Steps> = DockerBuildOptions<S> & RestartOptions

/**
 * `dockerBuild` whose process is restarted in place at the end of each live update; where the container must stay, it
 * stays. It needs nothing in the image: no shell, no further tool, no further layer in your Dockerfile.
 *
 * It is `dockerBuild` with `restartProcess({ entrypoint, trigger })` as the last step of its `liveUpdate`, under the name
 * that Tilt's extension has.
 *
 * @param options Those of `dockerBuild`, with `entrypoint` for what is started, and a `liveUpdate` without a restart.
 * @returns A handle for `image` and `imageDeps`.
 * @throws Without an `entrypoint`, without steps, or when there is a restart among them; the error shows this call.
 * @example
 * ```ts
 * dockerBuildWithRestart('shop/api', './api', {
 *   entrypoint: ['/app/server'],
 *   liveUpdate: [sync('./api/bin', '/app')],
 * })
 * ```
 */
export function dockerBuildWithRestart<const S extends Steps>(
  ref: string,
  context: string,
  options: DockerBuildWithRestartOptions<S>,
): ImageHandle {
  const { entrypoint, restartFile: _, trigger, exitPolicy, liveUpdate, ...rest } = options
  const steps = stepsWithRestart(`dockerBuildWithRestart('${ref}')`, liveUpdate, { entrypoint, trigger, exitPolicy })
  return dockerBuild(ref, context, { ...rest, liveUpdate: steps })
}
