import { reading } from './call/call.js'
import { describe } from './call/expect.js'
import type { YamlSource } from './k8s-yaml.js'
import { manifestSources } from './kubernetes/manifest-sources.js'
import { keptYaml, type Yaml } from './kubernetes-object.js'

/**
 * The same manifests in a namespace, whatever they name themselves; for `k8sYaml` and the like. Objects of kinds that are
 * in no namespace stay as they are; service accounts in bindings of roles follow.
 *
 * @example
 * ```ts
 * k8sYaml(inNamespace(['./k8s/*.yaml', helm('./charts/redis')], 'dev'))
 * ```
 */
export function inNamespace(source: YamlSource, namespace: string): Yaml {
  const call = reading('inNamespace')
  const isName = typeof namespace === 'string' && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)
  if (!isName) {
    call.error('config/invalid-option', `inNamespace(): expected the name of a namespace, got ${describe(namespace)}`)
  }
  return keptYaml({ type: 'namespace', sources: manifestSources(call, source), namespace: String(namespace) })
}
