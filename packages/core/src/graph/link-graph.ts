import type { ComposeProject, Diagnostic, GraphSpec } from '@tiltts/spec'
import { checkProjects, composeProjects, type LoadedProject } from './compose-projects.js'
import { composeServices } from './compose-services.js'
import { type DeclaredNode, isLocal } from './declared.js'
import { checkDependencies, dependencyEdges } from './dependencies.js'
import { linkInputs } from './inputs.js'
import { type ImageLinks, linkImages } from './link-images.js'
import { type Context, linkLocal } from './link-resource.js'
import { linkService } from './link-service.js'
import { checkNames, type Names, namesOf } from './names.js'
import { checkOptions } from './options.js'
import { inOrderOfPlace, placesOf } from './places.js'
import { checkSelection, enabledNames } from './selection.js'
import type { LinkedResource, LinkResult } from './types.js'

/**
 * Checks a graph against itself and fills in what the config left open. All that is wrong is reported at once, each
 * with its places. The cost is linear in the size of the graph.
 * @param projects What compose reads in each of `composeProjects(graph)`, in that order. While one is missing nothing is
 *   linked, and what it may hold is not missed.
 */
export function linkGraph(graph: GraphSpec, projects: readonly (ComposeProject | undefined)[] = []): LinkResult {
  const wanted = composeProjects(graph)
  const loaded = wanted.flatMap((node, index): readonly LoadedProject[] => {
    const project = projects[index]
    return project === undefined ? [] : [{ node, project }]
  })
  const complete = loaded.length === wanted.length
  const services = composeServices(loaded, graph.composeResources, complete)
  const declared: readonly DeclaredNode[] = [...services.nodes, ...graph.resources]
  const names = namesOf(declared, { unsupported: graph.unsupported, complete })
  const nodes = declared.map((node) => followRenames(node, names))
  const linkable = namesOf(nodes, { unsupported: graph.unsupported, complete })
  const edges = dependencyEdges(linkable)
  const images = linkImages(graph, nodes, complete)
  const inputs = linkInputs(graph, nodes, images, edges)
  const found = [
    ...(complete ? checkContent(graph, nodes) : []),
    ...checkProjects(loaded),
    ...services.diagnostics,
    ...images.diagnostics,
    ...checkNames(nodes, linkable),
    ...checkOptions(graph, nodes),
    ...checkDependencies(linkable),
    ...checkSelection(graph, linkable),
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
  return { linked: { graph, resources, images: images.images, enabled, watchIgnores }, diagnostics }
}

function linkNode(node: DeclaredNode, context: Context, images: ImageLinks): LinkedResource {
  if (isLocal(node)) return linkLocal(node, context)
  return linkService(node, context, { uses: images.uses(node), imageBy: images.imageBy(node), hashOf: images.hashOf })
}

/** Who depends on a service by a name that it no longer has still depends on it. */
function followRenames(node: DeclaredNode, names: Names): DeclaredNode {
  if (node.dependencies.every(({ name }) => names.resolve(name) === name)) return node
  return { ...node, dependencies: node.dependencies.map((on) => ({ ...on, name: names.resolve(on.name) })) }
}

/** Whether there is anything, and whether all of it can be run. */
function checkContent(
  { mainPath, compose, unsupported }: GraphSpec,
  nodes: readonly DeclaredNode[],
): readonly Diagnostic[] {
  if (nodes.length === 0 && unsupported.length === 0) {
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
  return unsupported.map(({ builder, name, place }) => ({
    code: 'config/unsupported',
    severity: 'error',
    message: `${builder}('${name}') cannot be run by this version of tiltts`,
    places: placesOf(place),
  }))
}
