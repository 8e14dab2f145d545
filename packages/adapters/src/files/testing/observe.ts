import type { WatchProblem } from '@tiltts/runtime/ports'
import type { WatchBackend } from '../backend.js'

/** What one watched path was told. */
export interface Observed {
  seen(): readonly string[]
  readonly problems: readonly WatchProblem[]
  readonly repositories: readonly string[]
  /** Resolves when all these paths were reported since the last `forget`. */
  until(paths: Iterable<string>): Promise<void>
  /** Resolves when there is a problem of this code. */
  untilProblem(code: WatchProblem['code']): Promise<WatchProblem>
  forget(): void
  close(): Promise<void>
}

const patienceMs = 8_000

export async function observe(
  backend: WatchBackend,
  path: string,
  prunes: (folder: string) => boolean = () => false,
): Promise<Observed> {
  const seen = new Set<string>()
  const problems: WatchProblem[] = []
  const repositories: string[] = []
  const close = await backend.watch({
    path,
    prunes,
    report: (changed) => void seen.add(changed),
    problem: (problem) => void problems.push(problem),
    sawRepository: (folder) => void repositories.push(folder),
  })

  const poll = async <T>(find: () => T | undefined, describe: () => string): Promise<T> => {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      if (Date.now() > deadline) throw new Error(describe())
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  return {
    seen: () => [...seen],
    problems,
    repositories,
    forget: () => seen.clear(),
    close,
    async until(paths) {
      const missing = new Set(paths)
      const find = (): true | undefined => {
        for (const wanted of missing) if (seen.has(wanted)) missing.delete(wanted)
        return missing.size === 0 ? true : undefined
      }
      await poll(
        find,
        () => `not reported: ${[...missing].slice(0, 20).join(', ')}; reported: ${[...seen].slice(0, 50).join(', ')}`,
      )
    },
    untilProblem: (code) =>
      poll(
        () => problems.find((problem) => problem.code === code),
        () => `no problem ${code}`,
      ),
  }
}
