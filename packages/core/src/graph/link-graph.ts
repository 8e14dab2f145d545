import type { Diagnostic, GraphSpec } from '@tiltts/spec'
import { checkProjects, composeProjects, type LoadedProject } from './compose-projects.js'
import { composeServices } from './compose-services.js'
import { type DeclaredNode, isKubernetes, isLocal } from './declared.js'
import { checkDependencies, dependencyEdges } from './dependencies.js'
import { withImpliedDependencies } from './implied-dependencies.js'
import { linkInputs } from './inputs.js'
import { kubernetesNodes } from './kubernetes-nodes.js'
import { type ImageLinks, linkImages } from './link-images.js'
import { linkKubernetes } from './link-kubernetes.js'
import { checkOwnNames, linkObjects } from './link-objects.js'
import { type Context, linkLocal } from './link-resource.js'
import { linkService } from './link-service.js'
import { checkNames, type Names, namesOf } from './names.js'
import { checkOptions } from './options.js'
import { inOrderOfPlace } from './places.js'
import { checkSelection, enabledNames } from './selection.js'
import type { LinkedResource, LinkInputs, LinkResult } from './types.js'

/**
 * Checks a graph against itself and fills in what the config left open. All that is wrong is reported at once, each
 * with its places. The cost is linear in the size of the graph.
 */
export function linkGraph(graph: GraphSpec, given: LinkInputs = {}): LinkResult {
  const wanted = composeProjects(graph)
  const loaded = wanted.flatMap((node, index): readonly LoadedProject[] => {
    const project = given.projects?.[index]
    return project === undefined ? [] : [{ node, project }]
  })
  const kubernetes = kubernetesNodes(graph, given.kubernetes)
  const composed = loaded.length === wanted.length
  const complete = composed && kubernetes.complete
  const services = composeServices(loaded, graph.composeResources, composed)
  const rest = kubernetes.rest === undefined ? [] : [kubernetes.rest]
  const declared: readonly DeclaredNode[] = [...kubernetes.nodes, ...services.nodes, ...graph.resources, ...rest]
  const names = namesOf(declared, complete)
  const renamed = declared.map((node) => followRenames(node, names))
  const namespace = given.kubernetes?.context?.namespace
  const nodes = withImpliedDependencies(renamed, dependencyEdges(namesOf(renamed, complete)), namespace)
  const linkable = namesOf(nodes, complete)
  const edges = dependencyEdges(linkable)
  const images = linkImages(graph, nodes, complete)
  const inputs = linkInputs(graph, nodes, images, edges)
  const objects = linkObjects(graph, linkable)
  const found = [
    ...(complete ? checkContent(graph, nodes) : []),
    ...checkProjects(loaded),
    ...services.diagnostics,
    ...kubernetes.diagnostics,
    ...images.diagnostics,
    ...checkNames(nodes, linkable),
    ...checkOptions(graph, nodes),
    ...checkDependencies(linkable),
    ...checkSelection(graph, linkable),
    ...objects.diagnostics,
  ]
  const failed = found.some((diagnostic) => diagnostic.severity === 'error')
  // A circle by files says nothing while the dependencies themselves are not in order.
  const diagnostics = inOrderOfPlace(graph.mainPath, failed ? found : [...found, ...inputs.diagnostics])
  if (failed || !complete) return { linked: undefined, diagnostics }
  const resources = nodes.map((node, order) =>
    linkNode(node, { order, graph, inputsFrom: inputs.producers.get(node.name) ?? [] }, images),
  )
  const enabled = enabledNames(graph, linkable, edges)
  const { watchIgnores } = graph
  const context = given.kubernetes?.context
  const linked = { graph, resources, images: images.images, objects: objects.objects, enabled, watchIgnores, context }
  const taken = checkOwnNames(linked)
  if (taken.length > 0)
    return { linked: undefined, diagnostics: inOrderOfPlace(graph.mainPath, [...diagnostics, ...taken]) }
  return { linked, diagnostics }
}

function linkNode(node: DeclaredNode, context: Context, images: ImageLinks): LinkedResource {
  if (isLocal(node)) return linkLocal(node, context)
  const uses = images.uses(node)
  if (isKubernetes(node)) return linkKubernetes(node, context, { uses, hashOf: images.deployHashOf })
  return linkService(node, context, { uses, imageBy: images.imageBy(node), hashOf: images.hashOf })
}

/** Who depends on a service or a workload by a name that it no longer has still depends on it. */
function followRenames(node: DeclaredNode, names: Names): DeclaredNode {
  if (node.dependencies.every(({ name }) => names.resolve(name) === name)) return node
  return { ...node, dependencies: node.dependencies.map((on) => ({ ...on, name: names.resolve(on.name) })) }
}

/** Whether there is anything. */
function checkContent(
  { mainPath, compose, objects = [] }: GraphSpec,
  nodes: readonly DeclaredNode[],
): readonly Diagnostic[] {
  if (nodes.length > 0 || objects.length > 0) return []
  return [
    {
      code: 'config/no-resources',
      severity: 'error',
      message: 'No resources found: the config declares none',
      places: [{ file: mainPath, line: 1, column: 1 }],
      hint:
        compose.length === 0
          ? "Declare one, for example: localResource('hello', { cmd: 'echo hello' })"
          : 'The compose files have no service, or none whose profile is on',
    },
  ]
}
