import type { FakeProcess, FakeProgram } from './fake-processes.js'

/** Commands that run until a test ends them. */
export interface Jobs {
  /** Install it under the name `job`; `job a` is then the job `a`. */
  readonly program: FakeProgram
  /** Names of those that run, in the order of their start. */
  running(): readonly string[]
  /** Ends the oldest of a name. Throws when none runs. */
  end(name: string, exitCode?: number): void
}

/**
 * @example
 * const jobs = manualJobs()
 * const sim = await simulateSession({ config: (c) => c.local('a', { cmd: 'job a' }), programs: { job: jobs.program } })
 * jobs.end('a')
 * await sim.settled()
 */
export function manualJobs(): Jobs {
  const running: { readonly name: string; readonly self: FakeProcess }[] = []
  return {
    program(self) {
      const job = { name: self.argv.slice(1).join(' '), self }
      running.push(job)
      self.ended.addEventListener('abort', () => running.splice(running.indexOf(job), 1))
      return self.forever()
    },
    running: () => running.map(({ name }) => name),
    end(name, exitCode = 0) {
      const job = running.find((other) => other.name === name)
      if (job === undefined) throw new Error(`no job ${name} is running`)
      job.self.exit(exitCode)
    },
  }
}
