import { declaring } from './call/call.js'
import { describe } from './call/expect.js'
import type { Command } from './command.js'
import { handle, type ImageHandle, type ResourceHandle } from './handle.js'
import type { LiveUpdate, Ordered, Steps } from './live-update.js'
import { keepLiveUpdate } from './live-update-spec.js'
import type { ResourceOptions } from './resource-options.js'
import { declareUnsupported } from './unsupported.js'
import type { Env, OneOrMany } from './values.js'

export interface K8sCustomDeployOptions<S extends Steps = Steps> extends ResourceOptions {
  /** Deploys, and prints the manifests of what it deployed. */
  readonly applyCmd: Command
  /** Takes it away again. */
  readonly deleteCmd: Command
  /** Files and folders whose changes run `applyCmd` again. */
  readonly deps: OneOrMany<string>
  /** Name of the image that live updates go to. Not together with `containerSelector`. */
  readonly imageSelector?: string | undefined
  /** Images that are built first and named in the command's environment. */
  readonly imageDeps?: readonly ImageHandle[] | undefined
  /** Name of the container that live updates go to. */
  readonly containerSelector?: string | undefined
  readonly liveUpdate?: LiveUpdate | Ordered<S> | undefined
  readonly env?: Env | undefined
  /** @default the config's folder */
  readonly dir?: string | undefined
}

/**
 * Deploys by commands of the user's.
 * This version does not deploy to Kubernetes: it reports the call as `config/unsupported`.
 */
export function k8sCustomDeploy<const S extends Steps = readonly []>(
  name: string,
  options: K8sCustomDeployOptions<S>,
): ResourceHandle
export function k8sCustomDeploy(name: string, options?: K8sCustomDeployOptions): ResourceHandle {
  const call = declaring('k8sCustomDeploy')
  keepLiveUpdate(call, `k8sCustomDeploy(${describe(name)})`, options?.liveUpdate, [])
  declareUnsupported('k8sCustomDeploy', name)
  return handle('resource', name)
}
