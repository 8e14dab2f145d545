import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore, StoreCause } from '@tiltts/core/store'
import type { LocalResourceSpec, Resource, UpdateCause } from '@tiltts/spec'
import {
  type FingerprintDeps,
  type Fingerprinted,
  hashInputs,
  isUnchanged,
  rememberOutputs,
} from '../../executors/fingerprint.js'
import type { CommandEnd, LocalSteps } from '../../executors/local.js'
import type { CmdWaits } from '../cmd/cmd-waits.js'
import { buildSpan } from '../cmd/span.js'
import { worldsNo } from '../tasks.js'
import { filesOf } from './causes-of.js'
import { putServerRun, putUpdateRun, updateCmdName } from './cmd-specs.js'
import type { StepRecord } from './step-record.js'

export interface StepDeps {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly waits: CmdWaits
  readonly fingerprints: FingerprintDeps
  /** Whether the session is ending. Then what becomes of updates is not written down any more. */
  readonly over: () => boolean
}

/** An update under way. */
export interface UpdateRun {
  readonly update: string
  readonly causes: readonly UpdateCause[]
  /** All files that it was started for. */
  readonly files: readonly string[]
  /** Nothing but the start of the session asked for it. */
  readonly isFirst: boolean
  /** Changed files may go straight into running containers. */
  readonly wantsLive: boolean
  /** Told of each image as soon as that is up to date. */
  readonly release: (image: string) => void
  readonly signal: AbortSignal
  readonly steps: StepRecord
}

export function causeOf(resource: Resource, update: string): StoreCause {
  return { by: 'update', resource: resource.metadata.name, update }
}

type LocalResource = Resource & { readonly spec: LocalResourceSpec }

export function isLocal(resource: Resource): resource is LocalResource {
  return resource.spec.type === 'local'
}

/** What an update of a local resource does, in terms of Cmds, files and records. */
export function stepsOf(deps: StepDeps, resource: LocalResource, run: UpdateRun): LocalSteps {
  const { name } = resource.metadata
  const { local, updateHash } = resource.spec
  const { signal } = run
  const subject: Fingerprinted = { name, local, updateHash }
  const keepsTrack = local.cmd !== undefined && local.outputs.length > 0
  let inputs = ''
  return {
    ...(keepsTrack && {
      async unchanged() {
        inputs = await hashInputs(deps.fingerprints, subject, signal)
        const same = run.isFirst && (await isUnchanged(deps.fingerprints, subject, inputs, signal))
        return same ? 'inputs and outputs are unchanged since the last successful run' : undefined
      },
      remember: () => remember(deps, subject, inputs, run),
    }),
    ...(local.cmd !== undefined && { command: () => runCommand(deps, resource, run) }),
    ...(local.serve !== undefined && { serve: () => startServer(deps, resource, run) }),
    step: (step) => run.steps.begin(step),
  }
}

/** A command that has succeeded does not fail because nobody can note it down: it is only not skipped the next time. */
async function remember(deps: StepDeps, subject: Fingerprinted, inputs: string, run: UpdateRun): Promise<void> {
  try {
    await rememberOutputs(deps.fingerprints, subject, inputs, run.signal)
  } catch (error) {
    if (run.signal.aborted) return
    deps.logs.append(buildSpan(run.update), `Its outputs cannot be kept in mind: ${worldsNo(error)}\n`, 'warn')
  }
}

async function runCommand(deps: StepDeps, resource: Resource, run: UpdateRun): Promise<CommandEnd> {
  const { store } = deps
  const { update, signal } = run
  const { name } = resource.metadata
  const cmdName = updateCmdName(name)
  store.update(causeOf(resource, update), (tx) => {
    tx.status('Update', update, (status) => ({ ...status, steps: run.steps.list() }))
    if (tx.get('Resource', name)?.status.current === update) putUpdateRun(tx, resource, update, filesOf(run.causes))
  })
  const stop = (): void => {
    if (deps.over()) return
    store.update(causeOf(resource, update), (tx) => {
      const present = tx.get('Cmd', cmdName)
      if (present?.spec.runId === update) tx.spec('Cmd', cmdName, (spec) => ({ ...spec, stopRunId: update }))
    })
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  const end = await deps.waits.ended(cmdName, update)
  signal.removeEventListener('abort', stop)
  return end ?? { exitCode: 137, reason: 'killed' }
}

function startServer(deps: StepDeps, resource: Resource, { update, steps }: UpdateRun): void {
  const { name } = resource.metadata
  deps.store.update(causeOf(resource, update), (tx) => {
    tx.status('Update', update, (status) => ({ ...status, steps: steps.list() }))
    if (tx.get('Resource', name)?.status.current === update) putServerRun(tx, resource, update)
  })
}
