import { inNamespace, type KubernetesObject, k8sYaml, type Yaml, type YamlSource } from '@tiltts/config'

/** What a namespace has beside its name. */
export interface NamespaceOptions {
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/**
 * A namespace as an object, for `k8sYaml`.
 *
 * @example
 * ```ts
 * k8sYaml(namespaceYaml('dev', { labels: { team: 'shop' } }))
 * ```
 */
export function namespaceYaml(name: string, { annotations, labels }: NamespaceOptions = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, ...(annotations && { annotations }), ...(labels && { labels }) },
  }
}

/**
 * Creates a namespace before what is in it. `tiltts down` keeps it, unless it is told `--delete-namespaces`.
 *
 * @example
 * ```ts
 * namespaceCreate('dev')
 * ```
 */
export function namespaceCreate(
  name: string,
  { allowDuplicates, ...options }: NamespaceOptions & { readonly allowDuplicates?: boolean | undefined } = {},
): void {
  k8sYaml(namespaceYaml(name, options), { allowDuplicates })
}

/**
 * The same manifests in a namespace; it is `inNamespace` under the name that Tilt's extension has.
 *
 * @example
 * ```ts
 * k8sYaml(namespaceInject('./k8s/*.yaml', 'dev'))
 * ```
 */
export function namespaceInject(source: YamlSource, namespace: string): Yaml {
  return inNamespace(source, namespace)
}
