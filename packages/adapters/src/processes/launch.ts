import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'

export interface LaunchRequest {
  readonly argv: readonly string[]
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
  readonly stdin: boolean
  readonly output: boolean
}

/** A process that was asked for. No callback comes before the launch has returned. */
export interface Child {
  readonly pid: number | undefined
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  /** It could not be started: the pid is absent, and nothing else will come. */
  onFailure(fn: (error: Error) => void): void
  onExit(fn: (code: number | null, signal: string | null) => void): void
  /** The process has ended and nobody holds its output open any more. */
  onClose(fn: () => void): void
}

/** Starts a process, on POSIX as the leader of a group and session of its own. */
export type Launch = (request: LaunchRequest) => Child

/** Node's own spawn: of all ways the cheapest, and on POSIX nothing more is needed. */
export const launchByNode: Launch = ({ argv, dir, env, stdin, output }) => {
  const [command = '', ...args] = argv
  const pipe = output ? 'pipe' : 'ignore'
  try {
    return asChild(
      spawn(command, args, {
        cwd: dir,
        env,
        detached: process.platform !== 'win32',
        stdio: [stdin ? 'pipe' : 'ignore', pipe, pipe],
        windowsHide: true,
      }),
    )
  } catch (error) {
    // Some failures are thrown, most are events.
    return failedChild(error as Error)
  }
}

export function asChild(child: ChildProcess): Child {
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    onFailure: (fn) => void child.once('error', fn),
    onExit: (fn) => void child.once('exit', fn),
    onClose: (fn) => void child.once('close', fn),
  }
}

export function failedChild(error: Error): Child {
  return {
    pid: undefined,
    stdin: null,
    stdout: null,
    stderr: null,
    onFailure: (fn) => queueMicrotask(() => fn(error)),
    onExit: () => {},
    onClose: () => {},
  }
}

/** Lets the engine end although somebody still holds the other end of a pipe. */
export function release(stream: Readable): void {
  ;(stream as Readable & Partial<Pick<Socket, 'unref'>>).unref?.()
}
