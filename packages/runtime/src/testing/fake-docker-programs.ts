import type { Clock } from '../ports/clock.js'
import { type FakeTree, fileEntry } from './fake-docker-tree.js'

/** A command inside of a fake image or container. What it returns is its exit code; nothing is 0; a throw is 1. */
export type FakeContainerProgram = (
  self: FakeContainerProcess,
) => number | undefined | Promise<number | undefined> | Promise<void> | void

/** What a program inside of a container sees. Once it has ended, nothing that it does has an effect. */
export interface FakeContainerProcess {
  readonly argv: readonly string[]
  readonly clock: Clock
  /** Aborted when the process ends, for whatever reason. */
  readonly ended: AbortSignal
  stdout(text: string): void
  stderr(text: string): void
  /** The text of a file of the container. */
  read(path: string): string | undefined
  write(path: string, text: string): void
  remove(path: string): void
  /** What the health check of the container says from now on. Only for a container's main process. */
  health(state: 'healthy' | 'unhealthy', output?: string): void
  /** Never resolves: the process runs until it is ended. */
  forever(): Promise<never>
}

export interface RunProgramOptions {
  readonly program: FakeContainerProgram
  readonly argv: readonly string[]
  readonly tree: FakeTree
  readonly clock: Clock
  readonly write: (text: string, stream: 'stdout' | 'stderr') => void
  /** Ends it; the result is then 137. */
  readonly signal: AbortSignal
  readonly health?: ((state: 'healthy' | 'unhealthy', output: string) => void) | undefined
}

/** Runs a program to its end. */
export async function runProgram(options: RunProgramOptions): Promise<number> {
  const { program, argv, tree, clock, signal } = options
  const end = new AbortController()
  const live = (fn: () => void): void => {
    if (!end.signal.aborted) fn()
  }
  const killed = new Promise<number>((resolve) => {
    if (signal.aborted) resolve(137)
    signal.addEventListener('abort', () => resolve(137), { once: true })
  })
  const self: FakeContainerProcess = {
    argv,
    clock,
    ended: end.signal,
    stdout: (text) => live(() => options.write(text, 'stdout')),
    stderr: (text) => live(() => options.write(text, 'stderr')),
    read: (path) => tree.get(path)?.text,
    write: (path, text) => live(() => tree.put(path, fileEntry(text))),
    remove: (path) => live(() => tree.remove(path)),
    health: (state, output = '') => live(() => options.health?.(state, output)),
    forever: () => new Promise<never>(() => {}),
  }
  const work = async (): Promise<number> => {
    try {
      return (await program(self)) ?? 0
    } catch (error) {
      self.stderr(`${error instanceof Error ? error.message : String(error)}\n`)
      return 1
    }
  }
  const exitCode = await Promise.race([killed, work()])
  end.abort(new Error('the process has ended'))
  return exitCode
}

export type ProgramTable = ReadonlyMap<string, FakeContainerProgram>

/**
 * The program behind an argv: by the whole command line, else by its first word. `sh -c` is looked through, and answers
 * itself, with 127, for a command that does not exist. `undefined`: there is no such command.
 */
export function findContainerProgram(
  argv: readonly string[],
  installed: ProgramTable,
): FakeContainerProgram | undefined {
  const [command = '', flag, script] = argv
  const direct = installed.get(argv.join(' ')) ?? installed.get(command) ?? builtins.get(command)
  if (direct) return direct
  if (script === undefined || flag !== '-c' || !/(^|\/)(ba|da|a)?sh$/.test(command)) return undefined
  const words = script.trim().split(/\s+/)
  const word = words[0] ?? ''
  const program = installed.get(script.trim()) ?? installed.get(word) ?? builtins.get(word)
  if (program) return (self) => program({ ...self, argv: words })
  return (self) => {
    self.stderr(`sh: ${word}: not found\n`)
    return 127
  }
}

const builtins: ProgramTable = new Map<string, FakeContainerProgram>([
  ['true', () => 0],
  ['false', () => 1],
  ['exit', (self) => Number(self.argv[1] ?? 0)],
  ['echo', (self) => self.stdout(`${self.argv.slice(1).join(' ')}\n`)],
  ['cat', (self) => self.argv.slice(1).forEach((path) => void self.stdout(self.read(path) ?? ''))],
  ['touch', (self) => self.argv.slice(1).forEach((path) => void self.write(path, self.read(path) ?? ''))],
  ['sleep', (self) => self.clock.sleep(Number(self.argv[1] ?? 0) * 1000, self.ended).then(() => 0)],
])
