import type { Millis } from '@tiltts/spec'
import { type ProtoMessage, readProto } from '../wire/protobuf.js'

/** What has changed in a build, as BuildKit tells it by protobuf and buildx by JSON. */
export interface StatusResponse {
  readonly vertexes: readonly Vertex[]
  readonly statuses: readonly VertexStatus[]
  readonly logs: readonly VertexLog[]
  readonly warnings: readonly VertexWarning[]
}

/** A step. */
export interface Vertex {
  readonly digest: string
  readonly name: string
  readonly cached: boolean
  readonly started: Millis | undefined
  readonly completed: Millis | undefined
  readonly error: string
}

/** How far a part of a step has come. */
export interface VertexStatus {
  readonly id: string
  readonly vertex: string
  readonly current: number
  readonly total: number
}

export interface VertexLog {
  readonly vertex: string
  /** 1: stdout, 2: stderr. */
  readonly stream: number
  readonly bytes: Buffer
}

export interface VertexWarning {
  readonly message: string
  /** In the Dockerfile, from 1; 0: not known. */
  readonly line: number
}

/** Reads what comes as `moby.buildkit.trace`. */
export function readStatusResponse(bytes: Buffer): StatusResponse {
  const response = readProto(bytes)
  return {
    vertexes: response.messages(1).map((vertex) => ({
      digest: vertex.text(1),
      name: vertex.text(3),
      cached: vertex.int(4) === 1,
      started: time(vertex, 5),
      completed: time(vertex, 6),
      error: vertex.text(7),
    })),
    statuses: response.messages(2).map((status) => ({
      id: status.text(1),
      vertex: status.text(2),
      current: status.int(4),
      total: status.int(5),
    })),
    logs: response.messages(3).map((log) => ({ vertex: log.text(1), stream: log.int(3), bytes: log.bytes(4) })),
    warnings: response.messages(4).map((warning) => ({
      message: warning.text(3),
      line: warning.has(7) ? warning.message(7).message(1).int(1) : 0,
    })),
  }
}

function time(message: ProtoMessage, field: number): Millis | undefined {
  if (!message.has(field)) return undefined
  const stamp = message.message(field)
  return stamp.int(1) * 1000 + Math.floor(stamp.int(2) / 1e6)
}
