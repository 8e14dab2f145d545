import { declaring, reading } from './call/call.js'
import { describe } from './call/expect.js'
import { texts } from './call/expectations.js'
import { listOf } from './call/lists.js'
import type { OneOrMany } from './values.js'

/**
 * Contexts of the kubeconfig that may be deployed to, beside those of clusters that are known to be local (kind, k3d,
 * minikube, Docker Desktop and their like). Without it, any other is refused: it might be production. Calls add up.
 *
 * @param contexts Exact names, as `kubectl config get-contexts` lists them.
 * @example
 * ```ts
 * allowK8sContexts(['team-dev', 'staging'])
 * ```
 */
export function allowK8sContexts(contexts: OneOrMany<string>): void {
  const call = declaring('allowK8sContexts')
  if (texts.fits(contexts)) call.recorder.draft.kubernetes.allowedContexts.push(...listOf(contexts))
  else {
    call.error(
      'config/invalid-option',
      `allowK8sContexts(): expected the name of a context or a list of them, got ${describe(contexts)}`,
    )
  }
}

/**
 * The context of the session: that of `--context`, else the current one of the kubeconfig. '' without one.
 *
 * @example
 * ```ts
 * if (k8sContext() === 'kind-shop') defaultRegistry('localhost:5005')
 * ```
 */
export function k8sContext(): string {
  return reading('k8sContext').recorder.options.kubernetes?.context ?? ''
}

/** The namespace of the session: that of `--namespace`, else that of the context. '' without one. */
export function k8sNamespace(): string {
  return reading('k8sNamespace').recorder.options.kubernetes?.namespace ?? ''
}
