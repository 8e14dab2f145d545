import { type AnyStep, fail, type LiveUpdate, type OneOrMany, restartProcess, type Steps } from '@tiltts/config'

/** How the process of a container is restarted after a live update. */
export interface RestartOptions {
  /** What is started, in place of the image's own ENTRYPOINT and CMD. A text goes through `sh -c`. */
  readonly entrypoint: string | readonly string[]
  /**
   * Accepted so that what was written for Tilt works as it is, and not needed: nothing watches a file, and none is written
   * into the container.
   */
  readonly restartFile?: string | undefined
  /** Restart only when one of these files changed, or something below one of these folders. @default on every update */
  readonly trigger?: OneOrMany<string> | undefined
  /**
   * What it means when the process ends by itself: the container ends with it, and whoever runs it restarts it
   * (`'restart'`), or it stays and waits for the next change (`'continue'`). @default 'restart'
   */
  readonly exitPolicy?: 'restart' | 'continue' | undefined
}

/** A live update with the restart at its end. What cannot be restarted stops the evaluation at the user's call. */
export function stepsWithRestart(
  subject: string,
  liveUpdate: LiveUpdate | Steps | undefined,
  { entrypoint, trigger, exitPolicy = 'restart' }: Partial<RestartOptions>,
): readonly AnyStep[] {
  if (entrypoint === undefined || entrypoint.length === 0) {
    fail(`${subject} needs an entrypoint: a text that is not empty, or a list of strings`)
  }
  if (exitPolicy !== 'restart' && exitPolicy !== 'continue') {
    fail(`${subject}: exitPolicy must be 'restart' or 'continue', but it is ${JSON.stringify(exitPolicy)}`)
  }
  const steps = stepsOf(liveUpdate)
  const restart = steps.find(({ step }) => step === 'restartContainer' || step === 'restartProcess')
  if (restart !== undefined) {
    fail(`${subject} restarts the process itself: leave ${restart.step}() out of its liveUpdate`)
  }
  if (steps.length === 0) {
    fail(`${subject} needs a liveUpdate: without one, each change starts a new container anyway`)
  }
  return [...steps, restartProcess({ entrypoint, trigger, onExit: exitPolicy === 'continue' ? 'stay' : 'end' })]
}

function stepsOf(liveUpdate: LiveUpdate | Steps | undefined): readonly AnyStep[] {
  if (liveUpdate === undefined) return []
  const given: Steps = 'steps' in liveUpdate ? liveUpdate.steps : liveUpdate
  return given.filter((step) => step !== false && step !== null && step !== undefined)
}
