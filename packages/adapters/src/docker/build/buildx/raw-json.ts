import type { Millis } from '@tiltts/spec'
import type { StatusResponse } from '../trace/status-response.js'

type Fields = Readonly<Record<string, unknown>>

/** Parts what `buildx build --progress=rawjson` prints into progress and what else it says. */
export interface RawJsonReader {
  push(text: string): void
  /** Nothing more is printed. */
  end(): void
}

/**
 * Progress comes as JSON objects: one on a line, or, up to buildx 0.13, one over many lines, of which only the first and the
 * last begin without a space.
 */
export function rawJsonReader(
  onStatus: (status: StatusResponse) => void,
  onText: (line: string) => void,
): RawJsonReader {
  let rest = ''
  let open: string[] = []

  const line = (text: string): void => {
    if (open.length > 0 || text === '{') {
      open.push(text)
      if (text !== '}') return
      const whole = open.join('\n')
      open = []
      object(whole)
    } else if (text.startsWith('{')) {
      object(text)
    } else {
      onText(text)
    }
  }
  const object = (text: string): void => {
    const status = readStatus(text)
    if (status) onStatus(status)
    else onText(text)
  }

  return {
    push(text) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const one of lines) line(one.replace(/\r$/, ''))
    },
    end() {
      if (rest !== '') line(rest)
      for (const one of open) onText(one)
      rest = ''
      open = []
    },
  }
}

/** `undefined` when it is no JSON: other parts of the command print what they like. */
function readStatus(text: string): StatusResponse | undefined {
  let status: unknown
  try {
    status = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  if (typeof status !== 'object' || status === null) return undefined
  const { vertexes, statuses, logs, warnings } = status as Fields
  return {
    vertexes: list(vertexes).map((vertex) => ({
      digest: string(vertex['digest']),
      name: string(vertex['name']),
      cached: vertex['cached'] === true,
      started: time(vertex['started']),
      completed: time(vertex['completed']),
      error: string(vertex['error']),
    })),
    statuses: list(statuses).map((one) => ({
      id: string(one['id']),
      vertex: string(one['vertex']),
      current: number(one['current']),
      total: number(one['total']),
    })),
    logs: list(logs).map((log) => ({
      vertex: string(log['vertex']),
      stream: number(log['stream']),
      bytes: Buffer.from(string(log['data']), 'base64'),
    })),
    warnings: list(warnings).map((warning) => ({
      message: Buffer.from(string(warning['short']), 'base64').toString('utf8'),
      line: number(field(field(list(warning['range'])[0], 'start'), 'line')),
    })),
  }
}

function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : []
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Fields)[name] : undefined
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function time(value: unknown): Millis | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}
