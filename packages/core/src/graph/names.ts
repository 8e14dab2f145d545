import { type Diagnostic, type GraphSpec, type Place, type ResourceNode, wellKnown } from '@tiltts/spec'

/** The names of a graph, for looking up. */
export interface Names {
  /** The first resource of each name. */
  readonly resources: ReadonlyMap<string, ResourceNode>
  /** Whether something is called so, also something that this version cannot run. */
  has(name: string): boolean
  /** All names that can be referred to, in order of declaration. */
  readonly all: readonly string[]
}

export function namesOf(graph: GraphSpec): Names {
  const resources = new Map<string, ResourceNode>()
  for (const node of graph.resources) if (!resources.has(node.name)) resources.set(node.name, node)
  const unsupported = new Set(graph.unsupported.map((node) => node.name))
  return {
    resources,
    has: (name) => resources.has(name) || unsupported.has(name),
    all: [...resources.keys()],
  }
}

/** Names that cannot be used, and names used twice. */
export function checkNames(graph: GraphSpec, names: Names): readonly Diagnostic[] {
  const out: Diagnostic[] = []
  for (const node of graph.resources) {
    const why = whyInvalid(node.name)
    if (why !== undefined) {
      out.push({
        code: 'config/invalid-name',
        severity: 'error',
        message: `\`${node.name}\` cannot be the name of a resource: ${why}`,
        places: placesOf(node.place),
      })
    }
    const first = names.resources.get(node.name)
    if (first === undefined || first === node) continue
    out.push({
      code: 'config/duplicate-resource',
      severity: 'error',
      message: `There is a ${first.kind} resource called \`${node.name}\` already`,
      places: placesOf(node.place, first.place),
      hint: 'Rename one of the two; the second place is where the first one was declared',
    })
  }
  return out
}

/** Names stand in paths of the API, so they must be one part of a path. */
function whyInvalid(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name === '.' || name === '..') return 'it means a folder'
  if (name === wellKnown.tiltfile) return 'it is the name of the config itself'
  const bad = /[/%]/.exec(name)?.[0]
  return bad === undefined ? undefined : `it holds a ${bad}`
}

/** The places that are known, each once. */
export function placesOf(...places: readonly (Place | undefined)[]): readonly Place[] {
  const seen = new Map<string, Place>()
  for (const place of places) {
    if (place === undefined) continue
    const key = `${place.file}:${place.line}:${place.column}`
    if (!seen.has(key)) seen.set(key, place)
  }
  return [...seen.values()]
}
