import type { Diagnostic, GraphSpec, Place } from '@tiltts/spec'
import { checkDependencies, dependencyEdges } from './dependencies.js'
import { linkInputs } from './inputs.js'
import { linkResource } from './link-resource.js'
import { checkNames, namesOf, placesOf } from './names.js'
import { checkOptions } from './options.js'
import { checkSelection, enabledNames } from './selection.js'
import type { LinkResult } from './types.js'

/**
 * Checks a graph against itself and fills in what the config left open. All that is wrong is reported at once, each
 * with its places. The cost is linear in the size of the graph.
 */
export function linkGraph(graph: GraphSpec): LinkResult {
  const names = namesOf(graph)
  const edges = dependencyEdges(names)
  const inputs = linkInputs(graph, names, edges)
  const found = [
    ...checkContent(graph),
    ...checkNames(graph, names),
    ...checkOptions(graph),
    ...checkDependencies(names),
    ...checkSelection(graph, names),
  ]
  const failed = found.some((diagnostic) => diagnostic.severity === 'error')
  // A circle by files says nothing while the dependencies themselves are not in order.
  const diagnostics = inOrderOfPlace(graph.mainPath, failed ? found : [...found, ...inputs.diagnostics])
  if (failed) return { linked: undefined, diagnostics }
  const resources = graph.resources.map((node, order) =>
    linkResource(node, order, graph, inputs.producers.get(node.name) ?? []),
  )
  const enabled = enabledNames(graph, names, edges)
  return { linked: { graph, resources, enabled, watchIgnores: graph.watchIgnores }, diagnostics }
}

/** Whether there is anything, and whether all of it can be run. */
function checkContent({ mainPath, resources, unsupported }: GraphSpec): readonly Diagnostic[] {
  if (resources.length === 0 && unsupported.length === 0) {
    return [
      {
        code: 'config/no-resources',
        severity: 'error',
        message: 'No resources found: the config declares none',
        places: [{ file: mainPath, line: 1, column: 1 }],
        hint: "Declare one, for example: localResource('hello', { cmd: 'echo hello' })",
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

/** The main config first, then other files in the order they turn up; what has no place comes last. */
function inOrderOfPlace(mainPath: string, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = new Map([[mainPath, 0]])
  for (const { places } of diagnostics) {
    const file = places[0]?.file
    if (file !== undefined && !files.has(file)) files.set(file, files.size)
  }
  const key = (place: Place | undefined): readonly [number, number, number] =>
    place === undefined ? [files.size, 0, 0] : [files.get(place.file) ?? 0, place.line, place.column]
  return [...diagnostics].sort((a, b) => {
    const [fileA, lineA, columnA] = key(a.places[0])
    const [fileB, lineB, columnB] = key(b.places[0])
    return fileA - fileB || lineA - lineB || columnA - columnB
  })
}
