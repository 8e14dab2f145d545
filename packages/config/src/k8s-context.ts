import { declareUnsupported } from './unsupported.js'
import type { OneOrMany } from './values.js'

/**
 * Contexts that may be deployed to beside local clusters.
 * This version does not deploy to Kubernetes: it reports the call as `config/unsupported`.
 */
export function allowK8sContexts(contexts: OneOrMany<string>): void
export function allowK8sContexts(): void {
  declareUnsupported('allowK8sContexts', '')
}

/**
 * The context in use, '' without one.
 * This version does not connect to Kubernetes: it reports the call as `config/unsupported`.
 */
export function k8sContext(): string {
  declareUnsupported('k8sContext', '')
  return ''
}

/**
 * The namespace in use, '' without one.
 * This version does not connect to Kubernetes: it reports the call as `config/unsupported`.
 */
export function k8sNamespace(): string {
  declareUnsupported('k8sNamespace', '')
  return ''
}
