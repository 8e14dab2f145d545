import type { Place } from '@tiltts/spec'
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml'

/** A compose file, read for where things stand in it; what it means is for Compose to say. */
export interface ComposeSource {
  /** Absolute; `undefined`: its text stands in the config. */
  readonly path: string | undefined
  readonly text: string
  /** Plain data of its documents, as far as it could be read. */
  readonly data: readonly unknown[]
  /** The first thing that is no YAML. */
  readonly syntax: { readonly message: string; readonly place: Place | undefined } | undefined
  /**
   * The place of a key, or of an element of a list, by the way to it; of the nearest above it when it is not there.
   * `undefined`: not even the first step is there.
   */
  placeOf(way: readonly string[]): Place | undefined
  /** Whether the whole way is there. */
  has(way: readonly string[]): boolean
  /** The text without what stands at the end of a way; `undefined` when that cannot be done. */
  without(ways: readonly (readonly string[])[]): string | undefined
  /** The place of the first plain value that is, or has in it, the text. */
  placeOfValue(text: string): Place | undefined
  placeAt(offset: number): Place | undefined
  placeOfLine(line: number): Place | undefined
}

/** Lines around a place that are kept with it. */
const around = 2

export function composeSource(path: string | undefined, text: string): ComposeSource {
  const counter = new LineCounter()
  const documents = parseAllDocuments(text, {
    lineCounter: counter,
    prettyErrors: false,
    merge: true,
    logLevel: 'silent',
    uniqueKeys: true,
  })
  const parsed: readonly Document[] = Array.isArray(documents) ? documents : []
  const lines = text.split(/\r?\n/)

  const placeOfLine = (line: number, column = 1): Place | undefined => {
    if (path === undefined || line < 1 || line > lines.length) return undefined
    const firstLine = Math.max(1, line - around)
    return { file: path, line, column, excerpt: { firstLine, lines: lines.slice(firstLine - 1, line + around) } }
  }
  const placeAt = (offset: number): Place | undefined => {
    const { line, col } = counter.linePos(offset)
    return placeOfLine(line, col)
  }

  const follow = (way: readonly string[]): { readonly offset: number; readonly steps: number } | undefined => {
    let best: { readonly offset: number; readonly steps: number } | undefined
    for (const { contents } of parsed) {
      let node: unknown = contents
      let steps = 0
      while (steps < way.length) {
        const next = stepInto(node, way.slice(steps))
        if (next === undefined) break
        steps += next.steps
        if (best === undefined || steps > best.steps) best = { offset: next.offset, steps }
        node = next.node
      }
    }
    return best
  }

  const [error] = parsed.flatMap(({ errors }) => errors)
  return {
    path,
    text,
    data: parsed.map(plainData),
    syntax: error && { message: error.message, place: placeAt(error.pos[0]) },
    placeOf(way) {
      const found = follow(way)
      return found && placeAt(found.offset)
    },
    has: (way) => follow(way)?.steps === way.length,
    without(ways) {
      const [document, ...others] = parseAllDocuments(text, { logLevel: 'silent' })
      if (document === undefined || others.length > 0 || document.errors.length > 0) return undefined
      const removed = ways.every((way) => {
        const path = exactPath(document.contents, way)
        return path !== undefined && document.deleteIn(path)
      })
      return removed ? document.toString() : undefined
    },
    placeOfValue(wanted) {
      const offset = parsed.map(({ contents }) => findValue(contents, wanted)).find((found) => found !== undefined)
      return offset === undefined ? undefined : placeAt(offset)
    },
    placeAt,
    placeOfLine: (line) => placeOfLine(line),
  }
}

/** Documents with errors, or with aliases to nothing, have no data worth looking at. */
function plainData(document: Document): unknown {
  if (document.errors.length > 0) return undefined
  try {
    return document.toJS()
  } catch {
    return undefined
  }
}

interface Step {
  readonly node: unknown
  readonly offset: number
  /** Names may have dots in them: how many parts of the way are one key. */
  readonly steps: number
}

/** The keys and indexes that a way stands for. */
function exactPath(contents: unknown, way: readonly string[]): readonly unknown[] | undefined {
  const path: unknown[] = []
  let node = contents
  for (let steps = 0; steps < way.length; ) {
    const next = stepInto(node, way.slice(steps))
    if (next === undefined) return undefined
    path.push(isSeq(node) ? node.items.indexOf(next.node) : way.slice(steps, steps + next.steps).join('.'))
    steps += next.steps
    node = next.node
  }
  return path
}

function stepInto(node: unknown, way: readonly string[]): Step | undefined {
  if (isMap(node)) {
    for (let steps = way.length; steps >= 1; steps--) {
      const name = way.slice(0, steps).join('.')
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name)
      if (pair && isNode(pair.key)) return { node: pair.value, offset: startOf(pair.key), steps }
    }
  }
  if (isSeq(node)) {
    const index = Number(way[0]?.replaceAll(/[[\]]/g, ''))
    const item: unknown = Number.isInteger(index) ? node.items[index] : undefined
    if (isNode(item)) return { node: item, offset: startOf(item), steps: 1 }
    // A list of names takes the place of a map.
    const named = node.items.find((one) => isScalar(one) && String(one.value).split('=')[0] === way[0])
    if (isNode(named)) return { node: named, offset: startOf(named), steps: 1 }
  }
  return undefined
}

function findValue(node: unknown, wanted: string): number | undefined {
  if (isScalar(node)) return String(node.value).includes(wanted) ? startOf(node) : undefined
  const children: readonly unknown[] = isMap(node)
    ? node.items.flatMap(({ key, value }) => [key, value])
    : isSeq(node)
      ? node.items
      : []
  for (const child of children) {
    const found = findValue(child, wanted)
    if (found !== undefined) return found
  }
  return undefined
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0
}
