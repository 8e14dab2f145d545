import { StringDecoder } from 'node:string_decoder'
import type { BuildEvent, BuildStepEvent } from '@tiltts/runtime/ports'
import type { Place } from '@tiltts/spec'
import type { StatusResponse, Vertex } from './status-response.js'

/** The step that a build failed in. */
export interface FailedStep {
  readonly name: string
  readonly error: string
  /** What it printed last. */
  readonly output: string
}

/** Turns what the builder tells into events, and remembers what is needed to explain a failure. */
export interface BuildProgress {
  push(response: StatusResponse): void
  /** The first that failed by itself. */
  failed(): FailedStep | undefined
}

/** So much of each step's output is kept. */
const keptOutput = 8 * 1024

export function buildProgress(
  onEvent: (event: BuildEvent) => void,
  placeOf: (line: number) => Place | undefined,
): BuildProgress {
  const told = new Map<string, string>()
  const outputs = new Map<string, string>()
  const decoders = new Map<string, StringDecoder>()
  let failed: { readonly digest: string; readonly name: string; readonly error: string } | undefined

  const step = (vertex: Vertex): void => {
    const state = stateOf(vertex)
    if (state === undefined) return
    const { digest: id, name, started, completed, error } = vertex
    if (state === 'failed') failed ??= { digest: id, name, error }
    const event: BuildStepEvent = {
      ...{ kind: 'step', id, name, state },
      ...(started !== undefined && { startedAt: started }),
      ...(completed !== undefined && { finishedAt: completed }),
      ...(error !== '' && { error }),
    }
    const key = JSON.stringify(event)
    if (told.get(id) === key) return
    told.set(id, key)
    onEvent(event)
  }

  const output = (id: string, bytes: Buffer, stream: 'stdout' | 'stderr'): void => {
    const decoder = decoders.get(id + stream) ?? new StringDecoder('utf8')
    decoders.set(id + stream, decoder)
    const text = decoder.write(bytes)
    if (text === '') return
    outputs.set(id, ((outputs.get(id) ?? '') + text).slice(-keptOutput))
    onEvent({ kind: 'output', step: id, text, stream })
  }

  return {
    push({ vertexes, statuses, logs, warnings }) {
      for (const vertex of vertexes) step(vertex)
      for (const { id, vertex, current, total } of statuses) {
        if (current > 0) onEvent({ kind: 'progress', step: vertex, text: id, current, total })
      }
      for (const { vertex, bytes, stream } of logs) output(vertex, bytes, stream === 2 ? 'stderr' : 'stdout')
      for (const { message, line } of warnings) {
        const place = line > 0 ? placeOf(line) : undefined
        onEvent({ kind: 'warning', message, ...(place && { place }) })
      }
    },
    failed() {
      return failed && { name: failed.name, error: failed.error, output: outputs.get(failed.digest) ?? '' }
    },
  }
}

function stateOf({ cached, started, completed, error }: Vertex): BuildStepEvent['state'] | undefined {
  if (error !== '') return /context canceled$/.test(error) ? 'cancelled' : 'failed'
  if (cached) return 'cached'
  if (completed !== undefined) return 'done'
  return started === undefined ? undefined : 'running'
}
