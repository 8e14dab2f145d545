import type { RunStepSpec, SyncSpec } from '@tiltts/spec'
import type { Call } from './call/call.js'
import { describe } from './call/expect.js'
import { isFalsy } from './call/expectations.js'
import type { LiveUpdate } from './live-update.js'

/** A path of `fallBackOn`. */
export interface StopPath {
  /** Absolute, by the folder of the call. */
  readonly path: string
  /** As it was written, when it may count from the context of the image as well. */
  readonly inContext: string | undefined
}

/** What each kind of step holds. */
export type StepContent =
  | { readonly step: 'initialSync' }
  | { readonly step: 'fallBackOn'; readonly paths: readonly StopPath[] }
  | ({ readonly step: 'sync' } & SyncSpec)
  | ({ readonly step: 'run' } & RunStepSpec)
  | { readonly step: 'restartContainer' }
  | {
      readonly step: 'restartProcess'
      readonly entrypoint: readonly string[] | undefined
      readonly triggers: readonly string[]
      readonly onExit: 'end' | 'stay' | undefined
    }

/** Where a step was made. */
export interface StepCall {
  /** The call, as people find it again: `sync("./src", "/app")`. */
  readonly call: string
  readonly at: Error
}

/** A step as its function leaves it. */
export type KeptStep = StepContent & StepCall

/** The steps of one live update, looked at. */
export interface KeptSteps {
  readonly steps: readonly KeptStep[]
  /** Whether nothing was wrong with them; an error is recorded otherwise. */
  readonly valid: boolean
}

export interface KeptLiveUpdate extends LiveUpdate, KeptSteps {
  readonly steps: readonly KeptStep[]
  readonly at: Error
}

const ranks: Readonly<Record<StepContent['step'], number>> = {
  initialSync: 1,
  fallBackOn: 1,
  sync: 2,
  run: 3,
  restartContainer: 4,
  restartProcess: 4,
}

const order = 'The order is: fallBackOn and initialSync, sync, run, at the end a restart'

/** Takes steps into a live update. What is wrong with them is recorded, as an error each. */
export function keepSteps(call: Call, subject: string, given: readonly unknown[]): KeptSteps {
  const { draft } = call.recorder
  const steps: KeptStep[] = []
  let valid = true
  for (const step of given) {
    if (isFalsy(step)) continue
    if (isKeptStep(step)) {
      draft.unusedSteps.delete(step.at)
      steps.push(step)
      continue
    }
    valid = false
    call.error(
      'config/live-update',
      `${subject}: expected steps of a live update, got ${describe(step)}`,
      'Steps are made by sync(), run(), fallBackOn(), initialSync(), restartContainer() and restartProcess()',
    )
  }
  const misplaced = (step: KeptStep, message: string, hint: string): void => {
    valid = false
    const finding = { code: 'config/live-update', severity: 'error', message: `${subject}: ${message}`, hint } as const
    draft.findings.push({ ...finding, at: step.at, also: call.at })
  }
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1]
    if (before !== undefined && (ranks[before.step] === 4 || ranks[step.step] < ranks[before.step])) {
      misplaced(step, `${step.call} may not follow ${before.call}`, order)
    } else if (step.step === 'initialSync' && steps.findIndex((other) => other.step === step.step) < index) {
      misplaced(step, 'initialSync() is there twice', 'Keep one of the two')
    }
  }
  if (valid && steps.length > 0 && !steps.some(({ step }) => step === 'sync' || step === 'run')) {
    valid = false
    call.error(
      'config/live-update',
      `${subject}: a live update needs a sync or a run, and this one has neither`,
      "Say which files go where: sync('./src', '/app/src')",
    )
  }
  return { steps, valid }
}

function isKeptStep(value: unknown): value is KeptStep {
  if (typeof value !== 'object' || value === null) return false
  const { step, at } = value as Partial<KeptStep>
  return typeof step === 'string' && Object.hasOwn(ranks, step) && at instanceof Error
}
