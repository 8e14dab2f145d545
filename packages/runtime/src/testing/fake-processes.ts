import { constants } from 'node:os'
import type { Clock } from '../ports/clock.js'
import type { ProcessExit, Processes, RunningProcess, SpawnRequest } from '../ports/processes.js'
import { findProgram } from './fake-programs.js'

/** A command of the fake machine. What it returns is its exit code; nothing is 0; a throw is a crash with exit code 1. */
export type FakeProgram = (self: FakeProcess) => number | undefined | Promise<number | undefined> | Promise<void> | void

/** What a program sees of its process. Once the process has ended, nothing that its program does has an effect. */
export interface FakeProcess {
  readonly pid: number
  readonly argv: readonly string[]
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string
  /** Aborted when the process ends, for whatever reason. */
  readonly ended: AbortSignal
  readonly clock: Clock
  stdout(text: string): void
  stderr(text: string): void
  /** Takes a signal instead of dying of it. SIGKILL cannot be taken. */
  onSignal(signal: string, handler: () => void): void
  /** Ends the process now. */
  exit(code: number): void
  /** Never resolves: the process runs until it is ended. */
  forever(): Promise<never>
  /** Starts a child, which writes to the same output. In a group of its own it survives the end of this one's group. */
  fork(program: FakeProgram, options?: { readonly argv?: readonly string[]; readonly ownGroup?: boolean }): number
}

/** A row of the process table; ended ones stay in it. */
export interface FakeProcessRow {
  readonly pid: number
  readonly ppid: number
  readonly pgid: number
  readonly argv: readonly string[]
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
  readonly running: boolean
  readonly startedAt: number
  readonly endedAt?: number | undefined
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
}

export interface FakeProcesses extends Processes {
  /** Installs a command, or replaces it for processes started from now on. */
  program(name: string, program: FakeProgram): void
  /** All processes there ever were, oldest first. */
  table(): readonly FakeProcessRow[]
  /** The processes that run now, oldest first. */
  running(): readonly FakeProcessRow[]
  /** Sends a signal from outside, as a user's `kill` does. */
  kill(pid: number, signal: string): void
  /** Puts a process on the machine that an earlier session of this project left behind. Returns its pid. */
  leaveBehind(argv: readonly string[]): number
}

export interface FakeProcessesOptions {
  readonly clock: Clock
  /**
   * Commands by name: the whole command line (`npm run build`), or its first word. A `sh -c` is looked through.
   * `true`, `false`, `echo`, `cat`, `sleep` and `exit` are there already.
   */
  readonly programs?: Readonly<Record<string, FakeProgram>>
  /** Which folders exist. @default all */
  readonly dirExists?: (dir: string) => boolean
  /** Handed to every process as TILTTS_SESSION. @default 'fake' */
  readonly sessionId?: string
}

interface Row extends FakeProcessRow {
  running: boolean
  endedAt?: number
  exitCode?: number
  signal?: string
  /** Delivers a signal to the program's handler or ends the process. */
  readonly deliver: (signal: string) => void
}

/**
 * A machine in memory that runs processes: they write, exit, take signals, fork, have groups.
 *
 * @example
 * const processes = fakeProcesses({ clock, programs: {
 *   build: (self) => { self.stdout('built\n') },
 *   serve: (self) => { self.stdout('listening\n'); return self.forever() },
 * } })
 */
export function fakeProcesses(options: FakeProcessesOptions): FakeProcesses {
  const { clock } = options
  const sessionId = options.sessionId ?? 'fake'
  const programs = new Map<string, FakeProgram>(Object.entries(options.programs ?? {}))
  const rows: Row[] = []
  const left = new Set<number>()
  const running = new Set<{ readonly stop: (graceMs: number) => Promise<void>; readonly graceMs: number }>()
  let lastPid = 1000
  let closed = false

  const groupOf = (pgid: number): Row[] => rows.filter((row) => row.running && row.pgid === pgid)
  const signalGroup = (pgid: number, signal: string): void => {
    for (const row of groupOf(pgid)) row.deliver(signal)
  }

  interface Start {
    readonly program: FakeProgram
    readonly argv: readonly string[]
    readonly dir: string
    readonly env: Readonly<Record<string, string>>
    readonly stdin: string
    readonly parent?: Row | undefined
    readonly write: (text: string, stream: 'stdout' | 'stderr') => void
    readonly onEnd: (row: Row) => void
  }

  const start = (from: Start, ownGroup: boolean): Row => {
    const pid = ++lastPid
    const life = new AbortController()
    const handlers = new Map<string, () => void>()
    const end = (exitCode: number, signal?: string): void => {
      if (!row.running) return
      row.running = false
      row.endedAt = clock.now()
      row.exitCode = exitCode
      if (signal !== undefined) row.signal = signal
      life.abort(new Error(`process ${pid} has ended`))
      from.onEnd(row)
    }
    const row: Row = {
      pid,
      ppid: from.parent?.pid ?? 1,
      pgid: ownGroup ? pid : (from.parent?.pgid ?? pid),
      argv: from.argv,
      dir: from.dir,
      env: from.env,
      running: true,
      startedAt: clock.now(),
      deliver: (signal) => {
        const handler = signal === 'SIGKILL' ? undefined : handlers.get(signal)
        if (!row.running) return
        if (handler) handler()
        else end(signalExitCode(signal), signal)
      },
    }
    rows.push(row)
    const write = (text: string, stream: 'stdout' | 'stderr'): void => {
      if (row.running && text !== '') from.write(text, stream)
    }
    const self: FakeProcess = {
      pid,
      argv: from.argv,
      dir: from.dir,
      env: from.env,
      stdin: from.stdin,
      ended: life.signal,
      clock,
      stdout: (text) => write(text, 'stdout'),
      stderr: (text) => write(text, 'stderr'),
      onSignal: (signal, handler) => void handlers.set(signal, handler),
      exit: end,
      forever: () => new Promise<never>(() => {}),
      fork: (program, child = {}) => {
        if (!row.running) return 0
        const begun = {
          ...from,
          program,
          argv: child.argv ?? from.argv,
          parent: row,
          onEnd: () => endOfGroup(childRow),
        }
        const childRow = start(begun, child.ownGroup ?? false)
        return childRow.pid
      },
    }
    queueMicrotask(async () => {
      if (!row.running) return
      try {
        end((await from.program(self)) ?? 0)
      } catch (error) {
        self.stderr(`${error instanceof Error ? error.message : String(error)}\n`)
        end(1)
      }
    })
    return row
  }

  const waiting = new Map<number, (() => void)[]>()
  const endOfGroup = (row: Row): void => {
    if (groupOf(row.pgid).length > 0) return
    for (const resolve of waiting.get(row.pgid) ?? []) resolve()
    waiting.delete(row.pgid)
  }
  const groupGone = (pgid: number): Promise<void> =>
    new Promise((resolve) => {
      if (groupOf(pgid).length === 0) return resolve()
      waiting.set(pgid, [...(waiting.get(pgid) ?? []), resolve])
    })

  const stopper = (pgid: number, onFirst: () => void): ((graceMs: number) => Promise<void>) => {
    let killAt = Number.POSITIVE_INFINITY
    let cancel = (): void => {}
    return async (graceMs) => {
      if (groupOf(pgid).length === 0) return
      const at = clock.now() + graceMs
      const first = killAt === Number.POSITIVE_INFINITY
      if (at < killAt) {
        killAt = at
        cancel()
        cancel = clock.timer(graceMs, () => signalGroup(pgid, 'SIGKILL'))
      }
      const gone = groupGone(pgid).then(() => cancel())
      if (first) {
        onFirst()
        if (graceMs > 0) signalGroup(pgid, 'SIGTERM')
      }
      if (graceMs <= 0) signalGroup(pgid, 'SIGKILL')
      await gone
    }
  }

  const spawn = (request: SpawnRequest): RunningProcess => {
    const program = findProgram(request.argv, programs)
    if (closed) return notStarted('not started: the session has ended')
    if (options.dirExists && !options.dirExists(request.dir)) {
      return notStarted(`spawn ENOENT: no such folder "${request.dir}"`)
    }
    if (!program) return notStarted(`spawn ENOENT: no such command "${request.argv[0] ?? ''}"`)
    let stopped = false
    let settle = (_exit: ProcessExit): void => {}
    const exited = new Promise<ProcessExit>((resolve) => {
      settle = resolve
    })
    const onEnd = (row: Row): void => {
      const { exitCode = 0, signal } = row
      // A stopped group keeps its grace time; otherwise nothing outlives the main process.
      if (!stopped) signalGroup(row.pgid, 'SIGKILL')
      const exit = stopped
        ? { exitCode: 137, signal, reason: 'killed' }
        : { exitCode, signal, reason: signal && `ended by ${signal}` }
      void groupGone(row.pgid).then(() => settle(exit))
      endOfGroup(row)
    }
    const write = (text: string, stream: 'stdout' | 'stderr'): void => request.onOutput?.(text, stream)
    const env = { ...request.env, TILTTS_SESSION: sessionId }
    const { argv, dir, stdin = '' } = request
    const main = start({ program, argv, dir, env, stdin, write, onEnd }, true)
    const stop = stopper(main.pgid, () => {
      stopped = main.running
    })
    const entry = { stop, graceMs: request.graceMs ?? 10_000 }
    running.add(entry)
    void exited.then(() => running.delete(entry))
    return { pid: main.pid, exited, stop }
  }

  return {
    spawn,
    async reap() {
      const found = rows.filter((row) => row.running && left.has(row.pid))
      for (const row of found) signalGroup(row.pgid, 'SIGKILL')
      left.clear()
      return found.length
    },
    async close(graceMs) {
      closed = true
      await Promise.all([...running].map((entry) => entry.stop(Math.min(entry.graceMs, graceMs ?? entry.graceMs))))
    },
    program: (name, program) => void programs.set(name, program),
    table: () => rows.map((row) => ({ ...row })),
    running: () => rows.filter((row) => row.running).map((row) => ({ ...row })),
    kill: (pid, signal) => rows.find((row) => row.pid === pid)?.deliver(signal),
    leaveBehind(argv) {
      const from = { argv, dir: '/', env: { TILTTS_SESSION: 'earlier' }, stdin: '', write: () => {}, onEnd: endOfGroup }
      const row = start({ ...from, program: (self) => self.forever() }, true)
      left.add(row.pid)
      return row.pid
    },
  }
}

function notStarted(reason: string): RunningProcess {
  return { pid: undefined, exited: Promise.resolve({ exitCode: 1, reason }), stop: async () => {} }
}

function signalExitCode(signal: string): number {
  const numbers: Readonly<Record<string, number>> = constants.signals
  return 128 + (numbers[signal] ?? 0)
}
