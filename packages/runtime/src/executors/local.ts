import { cancelledOutcome, type UpdateOutcome } from './outcome.js'

/** What running a command came to. */
export interface CommandEnd {
  readonly exitCode: number
  readonly reason?: string | undefined
}

/** What an update of a local resource needs of the world. */
export interface LocalSteps {
  /** Why the command need not run, as nothing that it reads or writes has changed; `undefined`: it must. */
  readonly unchanged?: (() => Promise<string | undefined>) | undefined
  readonly command?: (() => Promise<CommandEnd>) | undefined
  /** Keeps in mind what a successful command has read and written. */
  readonly remember?: (() => Promise<void>) | undefined
  /** Starts the server, or starts it anew. */
  readonly serve?: (() => void) | undefined
  /** Told of each step as it begins, and called back at its end. */
  readonly step: (name: 'cmd' | 'serve' | 'skip') => (error?: string) => void
}

/**
 * Updates a local resource: its command, unless nothing has changed, and then its server. A command that fails leaves
 * the server as it is.
 */
export async function updateLocal(steps: LocalSteps, signal: AbortSignal): Promise<UpdateOutcome> {
  const skipped = await steps.unchanged?.()
  if (signal.aborted) return cancelledOutcome
  if (skipped !== undefined) steps.step('skip')()
  else if (steps.command !== undefined) {
    const failure = await runCommand(steps, steps.command)
    if (signal.aborted) return cancelledOutcome
    if (failure !== undefined) return failure
    await steps.remember?.()
    if (signal.aborted) return cancelledOutcome
  }
  if (steps.serve !== undefined) {
    const done = steps.step('serve')
    steps.serve()
    done()
  }
  return { phase: 'succeeded', ...(skipped !== undefined && { skipped }) }
}

async function runCommand(
  steps: LocalSteps,
  command: NonNullable<LocalSteps['command']>,
): Promise<UpdateOutcome | undefined> {
  const done = steps.step('cmd')
  const { exitCode, reason } = await command()
  if (exitCode === 0) {
    done()
    return undefined
  }
  const error = reason ?? `exit code ${exitCode}`
  done(error)
  return { phase: 'failed', error, exitCode }
}
