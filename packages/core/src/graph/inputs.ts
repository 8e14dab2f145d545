import type { Diagnostic, GraphSpec, IgnoreRule } from '@tiltts/spec'
import { compileIgnore, type IgnoreMatcher } from '../paths/compile-ignore.js'
import { findProducers } from '../schedule/producers.js'
import { type Edges, knots } from './cycles.js'
import { type Names, placesOf } from './names.js'

export interface Inputs {
  /** Resources whose outputs are among the inputs of a resource. Where they cannot all go first, they are left out. */
  readonly producers: Edges
  readonly diagnostics: readonly Diagnostic[]
}

/** Who writes what others read. Together with the dependencies the result has no circles that those have not. */
export function linkInputs(graph: GraphSpec, names: Names, dependencies: Edges): Inputs {
  const nodes = [...names.resources.values()]
  if (nodes.every((node) => node.outputs.length === 0)) return { producers: new Map(), diagnostics: [] }
  const found = findProducers(
    nodes.map(({ name, deps, outputs, ignores }) => ({
      name,
      deps,
      outputs,
      ignores: ignoredBy([...ignores, ...graph.watchIgnores]),
    })),
  )
  const all = new Map(
    [...dependencies].map(([name, targets]) => [name, [...new Set([...targets, ...(found.get(name) ?? [])])]]),
  )
  const groupOf = new Map<string, number>()
  knots(all).forEach((group, index) => {
    for (const name of group) groupOf.set(name, index)
  })
  const circular = (reader: string, writer: string): boolean =>
    groupOf.has(reader) && groupOf.get(reader) === groupOf.get(writer)
  const producers = new Map(
    [...found].map(([reader, writers]) => [reader, writers.filter((writer) => !circular(reader, writer))]),
  )
  const left = [...found].flatMap(([reader, writers]) =>
    writers.filter((writer) => circular(reader, writer)).map((writer) => circle(reader, writer, names)),
  )
  return { producers, diagnostics: left }
}

/** Few resources read what others write, so the rules of the others are never compiled. */
function ignoredBy(rules: readonly IgnoreRule[]): (path: string) => boolean {
  let matcher: IgnoreMatcher | undefined
  return (path) => {
    matcher ??= compileIgnore(rules)
    return matcher.ignored(path)
  }
}

function circle(reader: string, writer: string, names: Names): Diagnostic {
  return {
    code: 'config/dependency-cycle',
    severity: 'warning',
    message: `\`${reader}\` has outputs of \`${writer}\` among its deps, but \`${writer}\` waits for \`${reader}\` too, so neither order is kept`,
    places: placesOf(names.resources.get(reader)?.place, names.resources.get(writer)?.place),
    hint: `Name narrower deps, or ignore the outputs of \`${writer}\` in \`${reader}\``,
  }
}
