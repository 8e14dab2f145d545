import { type Jobs, manualJobs } from './jobs.js'
import { type SimulateOptions, type Simulation, simulateSession } from './simulate.js'

export interface JobSimulation {
  readonly sim: Simulation
  readonly jobs: Jobs
  /** Ends a job and lets all that follows from it happen. */
  end(name: string, exitCode?: number): Promise<void>
}

/** A session whose commands a test ends itself: `job <name>`; `serve` runs until it is stopped. */
export async function simulateJobs(
  config: SimulateOptions['config'],
  options: Partial<SimulateOptions> = {},
): Promise<JobSimulation> {
  const jobs = manualJobs()
  const programs = { job: jobs.program, serve: (self: { forever(): Promise<never> }) => self.forever() }
  const sim = await simulateSession({ ...options, config, programs: { ...programs, ...options.programs } })
  return {
    sim,
    jobs,
    async end(name, exitCode) {
      jobs.end(name, exitCode)
      await sim.settled()
    },
  }
}
