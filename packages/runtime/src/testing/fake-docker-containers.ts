import { type ContainerState, type PortBinding, toApiTime } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import type { ContainerInfo, LogChunk } from '../ports/docker.js'
import {
  type FakeContainerProgram,
  findContainerProgram,
  type ProgramTable,
  runProgram,
} from './fake-docker-programs.js'
import type { FakeTree } from './fake-docker-tree.js'

export interface FakeContainerRow {
  readonly info: () => ContainerInfo
  readonly id: string
  readonly name: string
  readonly imageId: string
  readonly labels: Readonly<Record<string, string>>
  readonly tree: FakeTree
  readonly logs: readonly LogChunk[]
  readonly canRestartProcess: boolean
  readonly running: () => boolean
  /** Another at each start. */
  readonly run: () => number
  /** Aborted when this run ends. */
  readonly runEnded: () => AbortSignal
  readonly ports: () => readonly PortBinding[]
  start(): void
  /** Ends the main process; `byHand`: no restart policy. */
  end(code: number, byHand: boolean): void
  /** The main process anew, in the same run. */
  restartMain(): void
  readonly restartsInPlace: () => number
  pause(paused: boolean): void
  health(state: 'starting' | 'healthy' | 'unhealthy', output: string): void
  print(text: string, stream: 'stdout' | 'stderr'): void
  /** Calls back at each change and each line, until the returned function is called. */
  listen(fn: () => void): () => void
  remove(): void
  readonly removed: () => boolean
}

export interface FakeContainerParts {
  readonly id: string
  readonly name: string
  readonly imageId: string
  readonly labels: Readonly<Record<string, string>>
  readonly ports: readonly PortBinding[]
  readonly healthcheck: boolean
  readonly restart: string
  readonly argv: readonly string[]
  readonly main: FakeContainerProgram | undefined
  readonly canRestartProcess: boolean
  readonly tree: FakeTree
  readonly clock: Clock
  readonly programs: ProgramTable
  /** Gives ports at the start; throws when one is taken. */
  readonly bind: (ports: readonly PortBinding[]) => readonly PortBinding[]
  readonly onChange: (what: 'change' | 'remove') => void
  /** The engine's time, another each time. */
  readonly stamp: () => string
}

const firstBackoffMs = 100
const longestBackoffMs = 60_000

/** One container: its state, its main process, its output. */
export function fakeContainer(parts: FakeContainerParts): FakeContainerRow {
  const { id, name, imageId, labels, clock } = parts
  const createdAt = clock.now()
  const listeners = new Set<() => void>()
  const logs: LogChunk[] = []
  let bound: readonly PortBinding[] = []
  let state: ContainerState = { status: 'created', running: false, error: '', exitCode: 0, restartCount: 0 }
  let run = 0
  let runEnd = new AbortController()
  let main = new AbortController()
  let restartsInPlace = 0
  let cancelRestart = (): void => {}
  let removed = false
  runEnd.abort(new Error('never started'))

  const wake = (): void => {
    for (const fn of [...listeners]) fn()
  }
  const set = (next: Partial<ContainerState>): void => {
    state = { ...state, ...next }
    parts.onChange('change')
    wake()
  }
  const print = (text: string, stream: 'stdout' | 'stderr'): void => {
    if (text === '') return
    logs.push({ text, stream, time: parts.stamp() })
    wake()
  }
  const health = (healthStatus: 'starting' | 'healthy' | 'unhealthy', healthOutput: string): void => {
    const turned = state.healthStatus !== healthStatus
    state = { ...state, healthStatus, healthOutput: healthOutput.slice(0, 4096) }
    // As the real engine, which tells of turns only.
    if (turned) set({})
  }

  const runMain = (): void => {
    main = new AbortController()
    const { signal } = main
    const program = parts.main ?? findContainerProgram(parts.argv, parts.programs) ?? ((self) => self.forever())
    queueMicrotask(async () => {
      if (signal.aborted) return
      const code = await runProgram({
        program,
        argv: parts.argv,
        tree: parts.tree,
        clock,
        write: print,
        signal,
        health: (status, output) => parts.healthcheck && health(status, output),
      })
      if (!signal.aborted) end(code, false)
    })
  }

  const start = (restartCount = 0): void => {
    if (state.running || removed) return
    cancelRestart()
    bound = parts.bind(parts.ports)
    run += 1
    runEnd = new AbortController()
    runMain()
    set({
      status: 'running',
      running: true,
      error: '',
      exitCode: 0,
      startedAt: toApiTime(clock.now()),
      finishedAt: undefined,
      restartCount,
      healthStatus: parts.healthcheck ? 'starting' : undefined,
      healthOutput: parts.healthcheck ? '' : undefined,
    })
  }

  const end = (exitCode: number, byHand: boolean): void => {
    cancelRestart()
    if (!state.running) {
      if (state.status === 'restarting') set({ status: 'exited' })
      return
    }
    bound = []
    const again = !byHand && restarts(parts.restart, exitCode, state.restartCount)
    const status = again ? 'restarting' : 'exited'
    const { restartCount } = state
    main.abort(new Error('the process has ended'))
    runEnd.abort(new Error(`container ${name} is not running`))
    set({ status, running: false, exitCode, finishedAt: toApiTime(clock.now()) })
    if (again) {
      const wait = Math.min(longestBackoffMs, firstBackoffMs * 2 ** restartCount)
      cancelRestart = clock.timer(wait, () => start(restartCount + 1))
    }
  }

  return {
    id,
    name,
    imageId,
    labels,
    tree: parts.tree,
    logs,
    canRestartProcess: parts.canRestartProcess,
    info: () => ({ id, name, imageId, labels, createdAt, state, ports: bound }),
    running: () => state.running,
    run: () => run,
    runEnded: () => runEnd.signal,
    ports: () => bound,
    start,
    end,
    restartMain() {
      main.abort(new Error('restarted'))
      restartsInPlace += 1
      runMain()
    },
    restartsInPlace: () => restartsInPlace,
    pause(paused) {
      if (state.running) set({ status: paused ? 'paused' : 'running' })
    },
    health,
    print,
    listen(fn) {
      listeners.add(fn)
      return () => void listeners.delete(fn)
    },
    remove() {
      end(137, true)
      removed = true
      parts.onChange('remove')
      wake()
    },
    removed: () => removed,
  }
}

function restarts(policy: string, exitCode: number, count: number): boolean {
  const [kind, most] = policy.split(':')
  if (kind === 'always' || kind === 'unless-stopped') return true
  return kind === 'on-failure' && exitCode !== 0 && (most === undefined || count < Number(most))
}
