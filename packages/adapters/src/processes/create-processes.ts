import { join } from 'node:path'
import type { Processes, RunningProcess, SpawnRequest } from '@tiltts/runtime/ports'
import { endProcessesOf } from './end-processes.js'
import { type Launch, launchByNode } from './launch.js'
import { loadExecaLaunch } from './launch-by-execa.js'
import { createReaper } from './reaper.js'
import { run } from './run.js'
import { sessionRecords } from './session-records.js'
import { signalTree } from './signals.js'

const DEFAULT_GRACE_MS = 10_000

export interface ProcessesOptions {
  /** Unique to this session. All its processes carry it as TILTTS_SESSION. */
  readonly sessionId: string
  /** Where the sessions of this project are remembered, so that the next one finds what a dead one left. Absolute. */
  readonly stateFolder: string
  /**
   * Whether a small process beside the engine ends everything when the engine dies. POSIX only; without it only the next
   * session does. @default true
   */
  readonly reaper?: boolean | undefined
  /**
   * What starts processes. `execa` finds commands as Windows shells do and quotes what they are given; `node` is twice as fast.
   * @default node, but execa on Windows and for one-off commands
   */
  readonly launcher?: 'node' | 'execa' | undefined
  /** Told when the clean-up after the engine does not work. @default a warning of Node's */
  readonly onWarning?: ((message: string) => void) | undefined
}

/** The processes of this machine, each in a group of its own. */
export function createProcesses(options: ProcessesOptions): Processes {
  const { sessionId } = options
  const windows = process.platform === 'win32'
  const records = sessionRecords(join(options.stateFolder, 'sessions'), sessionId)
  const onWarning = options.onWarning ?? ((message: string) => process.emitWarning(message))
  const reaper = (options.reaper ?? true) && !windows ? createReaper({ sessionId, onWarning }) : undefined
  const live = new Map<number, Running>()
  let opened = false
  /** The longest grace time that is left to anybody, once the session ends. */
  let closing: number | undefined
  let swept: Promise<void> | undefined

  const byExeca = createExecaLauncher()
  const usesExeca = ({ oneOff }: SpawnRequest): boolean =>
    options.launcher === undefined ? windows || oneOff === true : options.launcher === 'execa'

  const hooks = {
    onStart: (pid: number) => reaper?.start(pid),
    onGone: (pid: number) => {
      live.delete(pid)
      reaper?.end(pid)
    },
  }

  const start = (request: SpawnRequest, by: Launch): RunningProcess => {
    if (closing !== undefined) return notStarted('the session has ended')
    if (!opened) begin()
    const running = run({ ...request, env: { ...request.env, TILTTS_SESSION: sessionId } }, by, hooks)
    if (running.pid !== undefined) {
      live.set(running.pid, { process: running, graceMs: request.graceMs ?? DEFAULT_GRACE_MS })
    }
    return running
  }

  const begin = (): void => {
    opened = true
    process.on('exit', endAtExit)
    try {
      records.open()
    } catch (error) {
      onWarning(`the next session could not find what this one may leave behind: ${(error as Error).message}`)
    }
  }

  /** The engine exits without having closed: the last moment to end what runs, where no reaper does. */
  const endAtExit = (): void => {
    if (reaper) return
    for (const pid of live.keys()) signalTree(pid, 'SIGKILL')
  }

  /** The last step: what left its group. */
  const sweep = async (): Promise<void> => {
    if (!opened) return
    await endProcessesOf(new Set([sessionId]), () => closing ?? 0)
    reaper?.close()
    process.off('exit', endAtExit)
    await records.close()
  }

  return {
    spawn(request) {
      if (!usesExeca(request)) return start(request, launchByNode)
      const launch = byExeca.loaded()
      return launch ? start(request, launch) : startLater(byExeca.load(), (by) => start(request, by))
    },
    async reap() {
      const dead = await records.dead()
      const ended = await endProcessesOf(new Set(dead))
      await Promise.all(dead.map(records.forget))
      return ended
    },
    async close(graceMs = Number.POSITIVE_INFINITY) {
      closing = Math.min(closing ?? graceMs, graceMs)
      await Promise.all([...live.values()].map((one) => one.process.stop(Math.min(one.graceMs, graceMs))))
      swept ??= sweep()
      await swept
    },
  }
}

/** execa, loaded when it is first needed. */
function createExecaLauncher(): { readonly load: () => Promise<Launch>; readonly loaded: () => Launch | undefined } {
  let launch: Launch | undefined
  let loading: Promise<Launch> | undefined
  const load = async (): Promise<Launch> => {
    launch = await loadExecaLaunch()
    return launch
  }
  return {
    load: () => (loading ??= load()),
    loaded: () => launch,
  }
}

interface Running {
  readonly process: RunningProcess
  readonly graceMs: number
}

function notStarted(why: string): RunningProcess {
  return {
    pid: undefined,
    exited: Promise.resolve({ exitCode: 1, reason: `not started: ${why}` }),
    stop: async () => {},
  }
}

/** A process that starts as soon as it is known how. */
function startLater(loading: Promise<Launch>, start: (launch: Launch) => RunningProcess): RunningProcess {
  let running: RunningProcess | undefined
  const started = loading
    .then(start, (error: Error) => notStarted(error.message))
    .then((one) => {
      running = one
      return one
    })
  return {
    get pid() {
      return running?.pid
    },
    exited: started.then((one) => one.exited),
    stop: async (graceMs) => (await started).stop(graceMs),
  }
}
