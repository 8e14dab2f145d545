import type { DependencySpec, KubernetesManifest } from '@tiltts/spec'
import { groupOf } from '../kubernetes/objects.js'
import { recordAt, valueAt } from '../kubernetes/tree.js'
import { clusterScopedAmong } from '../manifests/cluster-scoped.js'
import { type Edges, knots } from './cycles.js'
import { type DeclaredNode, isKubernetes, type KubernetesNode } from './declared.js'

/**
 * Adds what objects need that other resources deploy: the definition of their kind, which must be in force, and their
 * namespace, which must be there. Where that would make a circle with what the config says, it is left out, and so it is
 * where the other resource is not deployed by itself.
 *
 * @param namespace of objects that name none
 */
export function withImpliedDependencies(
  nodes: readonly DeclaredNode[],
  explicit: Edges,
  namespace: string | undefined,
): readonly DeclaredNode[] {
  const cluster = nodes.filter(isKubernetes)
  const provided = providers(cluster)
  if (provided.size === 0) return nodes
  const isClusterScoped = clusterScopedAmong(cluster.flatMap((node) => node.members.map(({ object }) => object)))
  const namespaceOf = (object: KubernetesManifest): string =>
    isClusterScoped(object) ? '' : object.metadata.namespace || (namespace ?? '')
  const implied = new Map(cluster.map((node) => [node.name, neededBy(node, provided, namespaceOf)]))
  const all = new Map(
    [...explicit].map(([name, targets]) => [
      name,
      [...new Set([...targets, ...(implied.get(name) ?? []).map((dependency) => dependency.name)])],
    ]),
  )
  const knotOf = new Map(knots(all).flatMap((group, index) => group.map((name) => [name, index] as const)))
  return nodes.map((node) => {
    const more = (isKubernetes(node) ? (implied.get(node.name) ?? []) : []).filter(({ name }) => {
      const isNamed = node.dependencies.some((dependency) => dependency.name === name)
      return !isNamed && (!knotOf.has(name) || knotOf.get(name) !== knotOf.get(node.name))
    })
    return more.length === 0 ? node : { ...node, dependencies: [...node.dependencies, ...more] }
  })
}

/** From what is provided to who provides it. A namespace is there once it was applied, whatever else its resource runs. */
function providers(nodes: readonly KubernetesNode[]): ReadonlyMap<string, DependencySpec> {
  const provided = new Map<string, DependencySpec>()
  for (const node of nodes) {
    if (!node.autoInit) continue
    for (const { object, place } of node.members) {
      if (object.kind === 'Namespace' && groupOf(object.apiVersion) === '')
        provided.set(namespaceKey(object.metadata.name), { name: node.name, edge: 'after', place })
      else if (object.kind === 'CustomResourceDefinition')
        provided.set(definedKind(object), { name: node.name, edge: 'first', place })
    }
  }
  return provided
}

function neededBy(
  node: KubernetesNode,
  provided: ReadonlyMap<string, DependencySpec>,
  namespaceOf: (object: KubernetesManifest) => string,
): readonly DependencySpec[] {
  const needed = new Map<string, DependencySpec>()
  for (const { object } of node.members) {
    const keys = [kindKey(groupOf(object.apiVersion), object.kind), namespaceKey(namespaceOf(object))]
    for (const dependency of keys.flatMap((key) => provided.get(key) ?? []))
      if (dependency.name !== node.name) needed.set(`${dependency.edge} ${dependency.name}`, dependency)
  }
  return [...needed.values()]
}

function namespaceKey(name: string): string {
  return `namespace ${name}`
}

function kindKey(group: string, kind: string): string {
  return `kind ${group}/${kind}`
}

function definedKind(object: KubernetesManifest): string {
  const names = recordAt(object, ['spec', 'names'])
  return kindKey(String(valueAt(object, ['spec', 'group'])), String(names?.['kind']))
}
