import type { ArgSpec, Diagnostic, GraphSpec, NamedRef } from '@tiltts/spec'
import { didYouMean } from '../errors/nearest.js'
import type { Edges } from './cycles.js'
import { isKubernetes } from './declared.js'
import { uncategorized } from './kubernetes-node.js'
import type { Names } from './names.js'
import { placesOf } from './places.js'

/** Names shown when none of them is near the one that was meant. */
const listed = 20

/**
 * Names of the resources that take part, with all they depend on. What the config chooses wins; else plain words of
 * the command line that no argument took; else all take part.
 */
export function enabledNames(graph: GraphSpec, names: Names, edges: Edges): ReadonlySet<string> {
  const chosen = chosenRefs(graph)
  const enabled = new Set<string>()
  const todo = chosen === undefined ? [...names.all] : chosen.map((ref) => names.resolve(ref.name))
  // What belongs to no resource may be needed by any.
  if (todo.length > 0) todo.push(...rest(names))
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (enabled.has(name) || !names.resources.has(name)) continue
    enabled.add(name)
    todo.push(...(edges.get(name) ?? []))
  }
  // In order of declaration, whatever the order of asking.
  return new Set(names.all.filter((name) => enabled.has(name)))
}

function rest({ resources }: Names): readonly string[] {
  const node = resources.get(uncategorized)
  return node !== undefined && isKubernetes(node) && node.from === 'rest' ? [node.name] : []
}

/** Names that no resource has, in the selection, on the command line and in arguments that take resources. */
export function checkSelection(graph: GraphSpec, names: Names): readonly Diagnostic[] {
  const refs = chosenRefs(graph) ?? []
  const unknown = refs.filter((ref) => !names.has(ref.name))
  return [
    ...unknown.map((ref) => unknownRef(ref, graph, names)),
    ...graph.args.flatMap((arg) => checkArg(arg, names)),
    ...checkUnusedWords(graph),
  ]
}

function chosenRefs({ selection, positionals }: GraphSpec): readonly NamedRef[] | undefined {
  if (selection.kind === 'some') return selection.names
  return positionals.length === 0 ? undefined : positionals.map((name) => ({ name, place: undefined }))
}

function unknownRef({ name, place }: NamedRef, { positionals }: GraphSpec, names: Names): Diagnostic {
  const written = place === undefined && positionals.includes(name)
  return {
    code: 'config/unknown-resource',
    severity: 'error',
    message: written
      ? `\`${name}\` on the command line: no resource is called that, and no argument takes it`
      : `\`${name}\` is to be enabled, but no resource is called that`,
    places: placesOf(place),
    hint: didYouMean(name, names.all) ?? knownNames(names),
  }
}

function checkArg(arg: ArgSpec, names: Names): readonly Diagnostic[] {
  if (arg.type !== 'resources' || !Array.isArray(arg.value)) return []
  const values: readonly unknown[] = arg.value
  return values
    .filter((value) => typeof value === 'string')
    .filter((name) => !names.has(name))
    .map((name) => ({
      code: 'config/unknown-resource',
      severity: 'error',
      message: `The argument \`${arg.name}\` names \`${name}\`, but no resource is called that`,
      places: placesOf(arg.place),
      hint: didYouMean(name, names.all) ?? knownNames(names),
    }))
}

/** Words that would have chosen resources, had the config not chosen itself. */
function checkUnusedWords({ selection, positionals }: GraphSpec): readonly Diagnostic[] {
  if (selection.kind !== 'some' || positionals.length === 0) return []
  const places = selection.names.map((ref) => ref.place)
  const isFromWords = places.every((place) => place === undefined) && sameNames(selection.names, positionals)
  if (isFromWords) return []
  return [
    {
      code: 'args/unknown',
      severity: 'warning',
      message: `${positionals.map((word) => `\`${word}\``).join(', ')} on the command line has no effect: the config chooses its resources itself`,
      places: placesOf(...places),
      hint: 'Take the words by a positional argument (arg.resources({ positional: true })), or leave them out',
    },
  ]
}

function sameNames(refs: readonly NamedRef[], words: readonly string[]): boolean {
  return refs.length === words.length && refs.every((ref, index) => ref.name === words[index])
}

function knownNames(names: Names): string {
  const shown = names.all.slice(0, listed).join(', ')
  const more = names.all.length - listed
  return `There are: ${shown}${more > 0 ? ` and ${more} more` : ''}`
}
