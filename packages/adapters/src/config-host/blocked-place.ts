import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { excerptOf } from '@tiltts/core/errors'
import type { Place } from '@tiltts/spec'
import { fileOf, ownerOf } from './host/own-files.js'
import { connectInspector, type InspectorSession } from './inspector-client.js'

/** What a blocked process was doing. */
export interface BlockedAt {
  /** Innermost first, files of the user's only. */
  readonly places: readonly Place[]
  /** The call whose code it was; `undefined` when it could not be found out. */
  readonly call: number | undefined
}

interface Script {
  readonly scriptId: string
  readonly url: string
  readonly sourceMapURL?: string
}

interface Paused {
  readonly callFrames: readonly {
    readonly callFrameId: string
    readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber?: number }
  }[]
}

/**
 * Looks where a process is that answers no more: stops it with its debugger, which works in the middle of a loop too.
 * It stays stopped. Rejects when the process is inside a system call.
 *
 * @param url Of the inspector, as the process prints it when it was sent SIGUSR1.
 */
export async function lookWhereBlocked(url: string): Promise<BlockedAt> {
  const session = await connectInspector(url)
  try {
    const scripts = new Map<string, Script>()
    const paused = new Promise<Paused>((resolve) => {
      session.onEvent((method, params) => {
        if (method === 'Debugger.scriptParsed') scripts.set((params as Script).scriptId, params as Script)
        if (method === 'Debugger.paused') resolve(params as Paused)
      })
    })
    await session.command('Debugger.enable')
    await session.command('Debugger.pause')
    const { callFrames } = await paused
    const places = callFrames.flatMap(({ location }) => {
      const script = scripts.get(location.scriptId)
      return script === undefined ? [] : placeIn(script, location.lineNumber, location.columnNumber ?? 0)
    })
    return { places, call: await callOf(session, callFrames[0]?.callFrameId) }
  } finally {
    session.close()
  }
}

/** The host has put a function into the global scope that tells the call it is in. */
async function callOf(session: InspectorSession, callFrameId: string | undefined): Promise<number | undefined> {
  if (callFrameId === undefined) return undefined
  const answer = await session.command('Debugger.evaluateOnCallFrame', {
    callFrameId,
    expression: "globalThis[Symbol.for('tiltts.current-call')]()",
    returnByValue: true,
  })
  const { value } = (answer as { readonly result: { readonly value?: unknown } }).result
  return typeof value === 'number' ? value : undefined
}

/** @param line From 0, as the inspector counts, like the column. */
function placeIn({ url, sourceMapURL }: Script, line: number, column: number): readonly Place[] {
  const file = fileOf(url)
  if (file === undefined || ownerOf(file) !== 'project') return []
  const map = sourceMapURL === undefined ? undefined : inlineMap(sourceMapURL)
  const entry = map?.findEntry(line, column)
  const original = entry !== undefined && 'originalLine' in entry ? entry : undefined
  const at = { line: (original?.originalLine ?? line) + 1, column: (original?.originalColumn ?? column) + 1 }
  const excerpt = excerptOf((map?.payload.sourcesContent[0] ?? readFileSync(file, 'utf8')).split(/\r?\n/), at.line)
  return [excerpt === undefined ? { file, ...at } : { file, ...at, excerpt }]
}

function inlineMap(url: string): SourceMap | undefined {
  const [head, data] = url.split('base64,')
  if (data === undefined || !head?.startsWith('data:')) return undefined
  return new SourceMap(JSON.parse(Buffer.from(data, 'base64').toString()) as SourceMapPayload)
}
