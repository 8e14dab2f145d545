import { setTimeout as wait } from 'node:timers/promises'
import type { ProcessExit, RunningProcess, SpawnRequest } from '@tiltts/runtime/ports'
import { deliverOutput } from './deliver-output.js'
import type { Launch } from './launch.js'
import { groupProbe } from './process-table.js'
import { signalExitCode, signalTree } from './signals.js'
import { describeStartFailure } from './start-failure.js'

/** What SIGKILL does not end within this time hangs in the kernel, and is not waited for. */
const KILL_LIMIT_MS = 5000

export interface RunHooks {
  readonly onStart: (pid: number) => void
  /** The whole group is gone. */
  readonly onGone: (pid: number) => void
}

/** Runs one process from its start until its group is gone and its output handed over. */
export function run(request: SpawnRequest, launch: Launch, hooks: RunHooks): RunningProcess {
  const { argv, dir, env, stdin, onOutput } = request
  const child = launch({ argv, dir, env, stdin: stdin !== undefined, output: onOutput !== undefined })
  const { pid } = child
  if (pid === undefined) {
    const exited = new Promise<ProcessExit>((resolve) => {
      child.onFailure((error) => resolve({ exitCode: 1, reason: describeStartFailure(error, argv[0] ?? '', dir) }))
    })
    return { pid, exited, stop: async () => {} }
  }
  hooks.onStart(pid)

  let mainRuns = true
  let stopped = false
  let gone = false
  let killed: number | undefined
  let killAt = Number.POSITIVE_INFINITY
  let killTimer: NodeJS.Timeout | undefined

  const kill = (): void => {
    killed ??= Date.now()
    signalTree(pid, 'SIGKILL')
  }

  const groupGone = async (): Promise<void> => {
    const runs = groupProbe(pid)
    for (let pause = 1; runs(); pause = Math.min(2 * pause, 50)) {
      if (killed !== undefined && Date.now() - killed > KILL_LIMIT_MS) break
      await wait(pause)
    }
    gone = true
    clearTimeout(killTimer)
    hooks.onGone(pid)
  }

  const drained = deliverOutput(child, onOutput)

  // A program need not read its stdin: that its end is closed is no failure.
  child.stdin?.on('error', () => {})
  child.stdin?.end(stdin)

  const exited = new Promise<ProcessExit>((resolve) => {
    child.onExit(async (code, signal) => {
      mainRuns = false
      // A stopped group keeps its grace time. Otherwise nothing outlives the main process.
      if (!stopped && process.platform !== 'win32') kill()
      await groupGone()
      await drained()
      resolve(exitOf(code, signal, stopped))
    })
  })

  const stop = async (graceMs: number): Promise<void> => {
    if (mainRuns && !stopped) {
      stopped = true
      if (graceMs > 0) signalTree(pid, 'SIGTERM')
    }
    const at = Date.now() + graceMs
    if (!gone && at < killAt) {
      killAt = at
      clearTimeout(killTimer)
      if (graceMs > 0) killTimer = setTimeout(kill, graceMs)
      else kill()
    }
    await exited
  }
  return { pid, exited, stop }
}

function exitOf(code: number | null, signal: string | null, stopped: boolean): ProcessExit {
  if (stopped) return { exitCode: 137, ...(signal && { signal }), reason: 'killed' }
  if (signal) return { exitCode: signalExitCode(signal), signal, reason: `ended by ${signal}` }
  return { exitCode: code ?? 1 }
}
