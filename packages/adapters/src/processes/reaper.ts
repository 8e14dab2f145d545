import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { hasProc, statOf } from './process-table.js'
import { REAPER_SCRIPT } from './reaper-script.js'

/** How often a reaper that somebody ended is replaced. */
const RESTARTS = 5

/**
 * How long a group must live to be named to the reaper: most commands are quicker, and naming them takes a fifth of the time
 * of starting them. Those that are not named yet when the engine dies are found by the session in their environment.
 */
const NAMED_AFTER_MS = 20

/** SIGTERM to SIGKILL, in tenths of a second. */
const GRACE_TENTHS = '20'

/** Ends what a session has started when the engine dies, however it dies. */
export interface Reaper {
  /** A group begins; its leader has just been started. */
  start(group: number): void
  /** The whole group is gone. */
  end(group: number): void
  /** The session ends in good order. */
  close(): void
}

export interface ReaperOptions {
  readonly sessionId: string
  /** argv of a POSIX shell. @default ['/bin/sh'] */
  readonly shell?: readonly string[] | undefined
  /** How it learns of processes. @default what the system has */
  readonly mode?: 'proc' | 'ps' | undefined
  readonly onWarning: (message: string) => void
}

/** Starts the reaper with the first group, so that a session which runs nothing does without. */
export function createReaper(options: ReaperOptions): Reaper {
  const mode = options.mode ?? (hasProc ? 'proc' : 'ps')
  /** Groups by the start time of their leader. */
  const named = new Map<number, string>()
  const unnamed = new Set<number>()
  let naming: NodeJS.Timeout | undefined
  let pipe: Socket | undefined
  let starts = 0
  let closed = false

  const begin = (): void => {
    starts++
    const child = startShell(options, mode)
    const stdin = child.stdin as Socket
    pipe = stdin
    const replace = (why: string): void => {
      if (closed || pipe !== stdin) return
      pipe = undefined
      if (starts <= RESTARTS) begin()
      else options.onWarning(`the process that cleans up after tiltts keeps ending (${why})`)
    }
    // What the session runs must not keep the engine alive, and neither must this.
    child.unref()
    stdin.unref()
    stdin.on('error', () => {})
    child.on('error', (error) => replace(error.message))
    child.on('exit', (code, signal) => replace(signal ?? `exit code ${code}`))
    for (const [group, since] of named) stdin.write(`start ${group} ${since}\n`)
  }

  const nameAll = (): void => {
    naming = undefined
    let lines = ''
    for (const group of unnamed) {
      const since = mode === 'proc' ? statOf(group)?.startTime : String(Math.floor(Date.now() / 1000))
      // Without one it has ended already.
      if (since === undefined) continue
      named.set(group, since)
      lines += `start ${group} ${since}\n`
    }
    unnamed.clear()
    if (lines !== '') pipe?.write(lines)
  }

  return {
    start(group) {
      if (starts === 0) begin()
      unnamed.add(group)
      naming ??= setTimeout(nameAll, NAMED_AFTER_MS).unref()
    },
    end(group) {
      unnamed.delete(group)
      if (named.delete(group)) pipe?.write(`end ${group}\n`)
    },
    close() {
      closed = true
      clearTimeout(naming)
      pipe?.end('done\n')
    },
  }
}

function startShell({ sessionId, shell = ['/bin/sh'] }: ReaperOptions, mode: 'proc' | 'ps'): ChildProcess {
  const [command = '', ...args] = shell
  return spawn(command, [...args, '-c', REAPER_SCRIPT, 'tiltts-reaper', sessionId, mode, GRACE_TENTHS], {
    // It does not keep a folder busy, carries no session, and finds the system's own tools first.
    cwd: '/',
    env: { PATH: `/usr/bin:/bin:/usr/sbin:/sbin:${process.env['PATH'] ?? ''}`, LC_ALL: 'C' },
    // In a session of its own no signal meant for the engine or its terminal reaches it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
}
