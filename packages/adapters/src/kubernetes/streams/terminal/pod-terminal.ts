import type { PodContainerRef } from '@tiltts/runtime/ports'
import type { ExecEnd } from '../container/exec-in-pod.js'

/** In characters. */
export interface TerminalSize {
  readonly columns: number
  readonly lines: number
}

export interface PodTerminalRequest {
  readonly target: PodContainerRef
  readonly argv: readonly string[]
  /** Absent: the process has no terminal, and its outputs are told apart. */
  readonly size?: TerminalSize | undefined
  readonly onOutput: (bytes: Buffer, stream: 'stdout' | 'stderr') => void
}

/** A process in a container that somebody types to. */
export interface PodTerminal {
  write(data: Uint8Array): void
  resize(size: TerminalSize): void
  /** Nothing more is typed. */
  end(): void
  readonly ended: Promise<ExecEnd>
}

/** What beside the port of a session can be done with its pods. */
export interface PodTerminals {
  /** Starts a process in a container. Rejects as the calls of the port do. */
  openTerminal(request: PodTerminalRequest, signal: AbortSignal): Promise<PodTerminal>
}
