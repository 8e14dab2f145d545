import { findSourceMap } from 'node:module'
import { fileOf, type Owner, ownerOf } from './own-files.js'

/** A line and a column, counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** One call on a stack, in a file of somebody's. */
export interface StackFrame {
  readonly file: string
  /** In the file as it was written. */
  readonly at: Position
  /** In what runs; `undefined` when the stack was made text before anybody asked. */
  readonly inCode: { readonly url: string; readonly at: Position } | undefined
  readonly owner: Owner
}

const known = new WeakMap<Error, readonly StackFrame[]>()

/** The calls that led to an error, innermost first, without those of Node itself. */
export function stackFrames(error: Error): readonly StackFrame[] {
  const before = known.get(error)
  if (before !== undefined) return before
  const frames = fromCallSites(error) ?? fromText(error.stack ?? '')
  known.set(error, frames)
  return frames
}

/** Those in files of the project; if there are none, those in packages it has installed. */
export function userFrames(error: Error): readonly StackFrame[] {
  const frames = stackFrames(error)
  const own = frames.filter((frame) => frame.owner === 'project')
  return own.length > 0 ? own : frames.filter((frame) => frame.owner === 'package')
}

/** V8 makes a stack text when it is first asked for: until then it can be had as data. */
function fromCallSites(error: Error): readonly StackFrame[] | undefined {
  const before = Error.prepareStackTrace
  let frames: readonly StackFrame[] | undefined
  Error.prepareStackTrace = (made, sites) => {
    const found = sites.flatMap(frameOfSite)
    if (made === error) frames = found
    return [String(made), ...found.map(({ file, at }) => `    at ${file}:${at.line}:${at.column}`)].join('\n')
  }
  try {
    void error.stack
  } finally {
    Error.prepareStackTrace = before
  }
  return frames
}

function frameOfSite(site: NodeJS.CallSite): readonly StackFrame[] {
  const name = site.getFileName()
  const line = site.getLineNumber()
  const column = site.getColumnNumber()
  if (typeof name !== 'string' || line === null || column === null) return []
  const url = name
  const file = name.startsWith('file:')
    ? fileOf(name)
    : name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name)
      ? name
      : undefined
  if (file === undefined) return []
  const owner = ownerOf(file)
  const at = owner === 'tiltts' ? { line, column } : originalPosition(url, { line, column })
  return [{ file, at, inCode: { url, at: { line, column } }, owner }]
}

/** Where a position of what runs stands in the file as it was written. */
export function originalPosition(url: string, { line, column }: Position): Position {
  const entry = findSourceMap(url)?.findEntry(line - 1, column - 1)
  if (entry === undefined || !('originalLine' in entry)) return { line, column }
  return { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
}

const textFrame = /^\s+at (?:async )?(?:.*? \()?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()]*?):(\d+):(\d+)\)?$/gm

/** Lines like `at name (file:///a/b.ts:1:2)`, which Node has mapped already. */
function fromText(stack: string): readonly StackFrame[] {
  return [...stack.matchAll(textFrame)].flatMap(([, name = '', line, column]) => {
    const file = name.startsWith('file:') ? fileOf(name) : name
    if (file === undefined) return []
    return [{ file, at: { line: Number(line), column: Number(column) }, inCode: undefined, owner: ownerOf(file) }]
  })
}
