import type { Millis } from '@tiltts/spec'
import type { StatusResponse } from '../trace/status-response.js'

type Fields = Readonly<Record<string, unknown>>

/** Reads a line of `--progress=rawjson`; `undefined` when it is something else. */
export function readRawJson(line: string): StatusResponse | undefined {
  if (!line.startsWith('{')) return undefined
  let status: unknown
  try {
    status = JSON.parse(line)
  } catch {
    // Other parts of the command print what they like.
    return undefined
  }
  if (typeof status !== 'object' || status === null) return undefined
  const { vertexes, statuses, logs, warnings } = status as Fields
  return {
    vertexes: list(vertexes).map((vertex) => ({
      digest: text(vertex['digest']),
      name: text(vertex['name']),
      cached: vertex['cached'] === true,
      started: time(vertex['started']),
      completed: time(vertex['completed']),
      error: text(vertex['error']),
    })),
    statuses: list(statuses).map((one) => ({
      id: text(one['id']),
      vertex: text(one['vertex']),
      current: number(one['current']),
      total: number(one['total']),
    })),
    logs: list(logs).map((log) => ({
      vertex: text(log['vertex']),
      stream: number(log['stream']),
      bytes: Buffer.from(text(log['data']), 'base64'),
    })),
    warnings: list(warnings).map((warning) => ({
      message: Buffer.from(text(warning['short']), 'base64').toString('utf8'),
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

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function time(value: unknown): Millis | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}
