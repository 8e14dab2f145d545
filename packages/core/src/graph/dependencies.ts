import type { Diagnostic } from '@tiltts/spec'
import { didYouMean } from '../errors/nearest.js'
import { type Edges, findCycles } from './cycles.js'
import type { DeclaredNode } from './declared.js'
import type { Names } from './names.js'
import { placesOf } from './places.js'

/** Dependencies on what is not there, on itself, and in circles. */
export function checkDependencies(names: Names): readonly Diagnostic[] {
  const edges = dependencyEdges(names)
  return [
    ...[...names.resources.values()].flatMap((node) => checkOwn(node, names)),
    ...findCycles(edges).map((way) => cycle(way, names)),
  ]
}

/** From each resource to the others it depends on, whatever the kind of edge: each kind can hold its first update. */
export function dependencyEdges(names: Names): Edges {
  const edges = new Map<string, readonly string[]>()
  for (const node of names.resources.values()) {
    const targets = node.dependencies.map((dependency) => dependency.name)
    edges.set(
      node.name,
      [...new Set(targets)].filter((name) => name !== node.name && names.resources.has(name)),
    )
  }
  return edges
}

function checkOwn(node: DeclaredNode, names: Names): readonly Diagnostic[] {
  const out: Diagnostic[] = []
  const seen = new Set<string>()
  for (const { name, place } of node.dependencies) {
    if (seen.has(name)) continue
    seen.add(name)
    if (name === node.name) {
      out.push({
        code: 'config/self-dependency',
        severity: 'error',
        message: `\`${name}\` depends on itself`,
        places: placesOf(place ?? node.place),
      })
    } else if (!names.has(name)) {
      out.push({
        code: 'config/unknown-resource',
        severity: 'error',
        message: `\`${node.name}\` depends on \`${name}\`, but no resource is called that`,
        places: placesOf(place ?? node.place),
        hint: didYouMean(
          name,
          names.all.filter((other) => other !== node.name),
        ),
      })
    }
  }
  return out
}

function cycle(way: readonly string[], names: Names): Diagnostic {
  const places = way.map((name, index) => {
    const node = names.resources.get(name)
    const next = way[(index + 1) % way.length]
    return node?.dependencies.find((dependency) => dependency.name === next)?.place ?? node?.place
  })
  return {
    code: 'config/dependency-cycle',
    severity: 'error',
    message: `Resources wait for each other: ${[...way, way[0]].join(' → ')}`,
    places: placesOf(...places),
    hint: 'Remove one of these dependencies; each place is where one of them is written',
  }
}
