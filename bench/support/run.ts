import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { atEnd } from './cleanup.js'

export interface Finished {
  readonly code: number
  readonly ms: number
  /** Largest resident set of the process itself, in MB. */
  readonly peakMb: number
  readonly lines: number
  readonly tail: string
}

/** Runs a program to its end, counting the lines it prints. */
export async function runToEnd(
  argv: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Finished> {
  const [command = '', ...args] = argv
  const started = performance.now()
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = atEnd(() => void child.kill('SIGKILL'))
  child.once('close', kill)
  let lines = 0
  let tail = ''
  let peakMb = 0
  const poll = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child))
  }, 20)
  const count = (chunk: Buffer): void => {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
    tail = (tail + chunk.toString('latin1').slice(-4000)).slice(-4000)
  }
  child.stdout.on('data', count)
  child.stderr.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-4000)
  })
  const code = await new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? 1)))
  clearInterval(poll)
  return { code, ms: performance.now() - started, peakMb, lines, tail }
}

function peakOf(child: ChildProcess): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** A program that goes on, with what it prints to be waited for. */
export interface Background {
  readonly pid: number
  /** Resolves when the output holds the text. */
  printed(text: string, timeoutMs?: number): Promise<void>
  output(): string
  /** SIGINT, and waits for its end. */
  stop(): Promise<void>
}

/** Starts a program in the background. */
export function start(argv: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Background {
  const [command = '', ...args] = argv
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = atEnd(() => void child.kill('SIGKILL'))
  const closed = new Promise<void>((resolve) =>
    child.on('close', () => {
      kill()
      resolve()
    }),
  )
  let output = ''
  let check = (): void => {}
  const take = (chunk: Buffer): void => {
    output += chunk
    check()
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return {
    pid: child.pid ?? 0,
    output: () => output,
    printed: (text, timeoutMs = 30_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`"${text}" was not printed in ${timeoutMs} ms:\n${output}`)),
          timeoutMs,
        )
        check = () => {
          if (!output.includes(text)) return
          clearTimeout(timer)
          check = () => {}
          resolve()
        }
        check()
      }),
    async stop() {
      child.kill('SIGINT')
      await closed
    },
  }
}
