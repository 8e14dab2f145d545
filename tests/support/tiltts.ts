import { type ChildProcess, spawn } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { bin, type TempProject } from './temp-project.js'

export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

/** A `tiltts` that runs, with what it has printed so far. */
export interface RunningTiltts {
  readonly child: ChildProcess
  readonly pid: number
  stdout(): string
  stderr(): string
  /** Resolves when the output (both streams) matches. Rejects with the output when that takes too long or the process ends. */
  printed(pattern: RegExp | string, timeoutMs?: number): Promise<void>
  signal(name: NodeJS.Signals): void
  readonly finished: Promise<Finished>
}

/** Starts `tiltts` in a project. What still runs when the test has finished is interrupted, then killed. */
export function startTiltts(project: TempProject, args: readonly string[], options: StartOptions = {}): RunningTiltts {
  const running = launchTiltts(project, args, options)
  onTestFinished(() => endTiltts(running))
  return running
}

interface StartOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

/** Interrupts what still runs; kills it when it takes too long to end. */
export async function endTiltts({ child, finished }: RunningTiltts): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
  const killer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await finished
  clearTimeout(killer)
}

/** The same, for more than one test: whoever starts it ends it. */
export function launchTiltts(project: TempProject, args: readonly string[], options: StartOptions = {}): RunningTiltts {
  const started = performance.now()
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd ?? project.folder,
    env: { ...project.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  const notify = (): void => {
    for (const listener of listeners) listener()
  }
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
    notify()
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
    notify()
  })
  let ended = false
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => {
      ended = true
      notify()
      resolve({ code: code ?? (signal === null ? 1 : 128), stdout, stderr, ms: performance.now() - started })
    })
  })
  return {
    child,
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    signal: (name) => void child.kill(name),
    finished,
    printed: (pattern, timeoutMs = 20_000) =>
      new Promise((resolve, reject) => {
        const matches = (): boolean => {
          const all = `${stdout}\n${stderr}`
          return typeof pattern === 'string' ? all.includes(pattern) : pattern.test(all)
        }
        const stop = (): void => {
          listeners.delete(check)
          clearTimeout(timer)
        }
        const fail = (why: string): void => {
          stop()
          reject(new Error(`${pattern} was not printed (${why}):\n--- stdout\n${stdout}\n--- stderr\n${stderr}`))
        }
        const check = (): void => {
          if (matches()) {
            stop()
            resolve()
          } else if (ended) fail('the process has ended')
        }
        const timer = setTimeout(() => fail(`${timeoutMs} ms`), timeoutMs)
        listeners.add(check)
        check()
      }),
  }
}

/** Runs `tiltts` to its end. */
export function runTiltts(
  project: TempProject,
  args: readonly string[],
  options: StartOptions = {},
): Promise<Finished> {
  return startTiltts(project, args, options).finished
}
