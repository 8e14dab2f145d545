import type { Diagnostic, GraphSpec, IgnoreRule } from '@tiltts/spec'
import { compileIgnore, type IgnoreMatcher } from '../paths/compile-ignore.js'
import { isWithin } from '../paths/posix.js'
import { findProducers, type PathUse } from '../schedule/producers.js'
import { type Edges, knots } from './cycles.js'
import { type DeclaredNode, isLocal, isService } from './declared.js'
import type { ImageLinks } from './link-images.js'
import { composeInputs } from './link-service.js'
import { placesOf } from './places.js'

export interface Inputs {
  /** Resources whose outputs are among the inputs of a resource. Where they cannot all go first, they are left out. */
  readonly producers: Edges
  readonly diagnostics: readonly Diagnostic[]
}

/** Who writes what others read. Together with the dependencies the result has no circles that those have not. */
export function linkInputs(
  graph: GraphSpec,
  nodes: readonly DeclaredNode[],
  images: ImageLinks,
  dependencies: Edges,
): Inputs {
  const writers = nodes.filter(isLocal).filter(({ outputs }) => outputs.length > 0)
  if (writers.length === 0) return { producers: new Map(), diagnostics: [] }
  const rulesOf = new Map(
    images.images.map(({ name, spec }) => [name, { paths: spec.inputs, ignores: spec.node.ignores }]),
  )
  const found = findProducers(
    nodes.map((node): PathUse => {
      const { name } = node
      if (isLocal(node)) {
        const { deps, outputs, ignores } = node
        return { name, deps, outputs, ignores: ignoredBy([...ignores, ...graph.watchIgnores]) }
      }
      const read = images.uses(node).flatMap((use) => rulesOf.get(use.name) ?? [])
      if (isService(node)) {
        if (images.imageBy(node) === 'compose')
          read.push({ paths: composeInputs(node), ignores: node.service.build?.ignores ?? [] })
      } else if (node.custom !== undefined) read.push({ paths: node.custom.deps, ignores: node.custom.ignores })
      return { name, deps: read.flatMap(({ paths }) => paths), outputs: [], ignores: ignoredByAll(read, graph) }
    }),
  )
  const names = new Map(nodes.map((node) => [node.name, node]))
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

/** What one image leaves out another of the same resource may be built from. */
function ignoredByAll(
  read: readonly { readonly paths: readonly string[]; readonly ignores: readonly IgnoreRule[] }[],
  { watchIgnores }: GraphSpec,
): (path: string) => boolean {
  const parts = read.map(({ paths, ignores }) => ({ paths, ignored: ignoredBy([...ignores, ...watchIgnores]) }))
  return (path) =>
    parts.every(
      ({ paths, ignored }) => !paths.some((input) => isWithin(path, input) || isWithin(input, path)) || ignored(path),
    )
}

function circle(reader: string, writer: string, names: ReadonlyMap<string, DeclaredNode>): Diagnostic {
  return {
    code: 'config/dependency-cycle',
    severity: 'warning',
    message: `\`${reader}\` has outputs of \`${writer}\` among its deps, but \`${writer}\` waits for \`${reader}\` too, so neither order is kept`,
    places: placesOf(names.get(reader)?.place, names.get(writer)?.place),
    hint: `Name narrower deps, or ignore the outputs of \`${writer}\` in \`${reader}\``,
  }
}
