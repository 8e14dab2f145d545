import { type LiveUpdatePlan, planLiveUpdate } from '@tiltts/core/live-update'
import { isTiltError, type LiveUpdateSpec, type RestartStepSpec, type RunStepSpec } from '@tiltts/spec'
import type { ContainerChannel } from '../../ports/container-channel.js'
import type { Docker } from '../../ports/docker.js'
import type { Channels } from './channels.js'
import type { ContainerFiles } from './container-files.js'
import { folderHash } from './held-as.js'
import { isAway } from './is-away.js'
import type { FileState } from './look-at-files.js'

/** A path as it is now, with what it was in the container. */
type FoundState = FileState & { readonly wasFolder?: boolean | undefined }

/** What became of one container. */
export type ContainerUpdate =
  /** It holds the files, and the commands ran. */
  | { readonly kind: 'done'; readonly copied: number; readonly removed: number; readonly ran: number }
  /** It held all of them already. */
  | { readonly kind: 'unchanged' }
  /** A command of the user's ended with an error; the files are there. */
  | { readonly kind: 'failed'; readonly exitCode: number; readonly error: string }
  /** It cannot take them in; only a new image can. */
  | { readonly kind: 'stop'; readonly reason: string }

export interface ContainerUpdateRequest {
  readonly container: { readonly id: string; readonly name: string }
  readonly spec: LiveUpdateSpec
  /** Files and folders that may have changed, as they are now. */
  readonly files: readonly FileState[]
  readonly known: ContainerFiles
  readonly log: (text: string, level?: 'info' | 'warn' | 'error') => void
}

export interface ContainerUpdateDeps {
  readonly channels: Channels
  /** Absent: what runs the containers restarts none that is asked for. */
  readonly docker?: Pick<Docker, 'restartContainer'> | undefined
}

/** Exit code of a command that was killed: the container's doing or the engine's, not the command's. */
const killed = 137

/** Brings changed files into one container, runs the commands that follow from them, and restarts it when asked to. */
export async function updateContainer(
  deps: ContainerUpdateDeps,
  request: ContainerUpdateRequest,
  signal: AbortSignal,
): Promise<ContainerUpdate> {
  const { container, files, known, spec } = request
  const sources = new Set(spec.syncs.map(({ localPath }) => localPath))
  // Without its source a sync says nothing any more.
  const differing = withWhatWasBelow(files, known).filter(
    ({ path, state, hash, mode }) => (state === 'gone' && sources.has(path)) || !known.holds(path, hash, mode),
  )
  const plan = planLiveUpdate(spec, differing)
  if (plan.kind === 'stop') return { kind: 'stop', reason: plan.reason }
  if (plan.kind === 'nothing') return { kind: 'unchanged' }
  const turn = { ...request, files: differing }
  try {
    return await deps.channels.with(container.id, signal, (channel) => carryOut(deps, turn, plan, channel, signal))
  } catch (error) {
    signal.throwIfAborted()
    if (!isTiltError(error) || error.class !== 'infra' || isAway(error)) throw error
    known.doubt(differing.map(({ path }) => path))
    return { kind: 'stop', reason: error.message }
  }
}

/** A folder that was moved away is told of by itself alone: what the container has of it is gone here as well. */
function withWhatWasBelow(files: readonly FileState[], known: ContainerFiles): readonly FoundState[] {
  const replaced = files.filter(({ path, state }) => state !== 'folder' && known.holdsFolder(path))
  if (replaced.length === 0) return files
  const folders = new Set(replaced.map(({ path }) => path))
  const gone = known
    .heldBelow(folders)
    .map((path): FoundState => ({ path, state: 'gone', hash: undefined, wasFolder: known.holdsFolder(path) }))
  const all = new Map([...gone, ...files.map((file) => marked(file, folders))].map((file) => [file.path, file]))
  return [...all.values()]
}

function marked(file: FileState, folders: ReadonlySet<string>): FoundState {
  return file.state === 'gone' && folders.has(file.path) ? { ...file, wasFolder: true } : file
}

async function carryOut(
  deps: ContainerUpdateDeps,
  request: ContainerUpdateRequest,
  plan: Extract<LiveUpdatePlan, { kind: 'update' }>,
  channel: ContainerChannel,
  signal: AbortSignal,
): Promise<ContainerUpdate> {
  const { known, files, container } = request
  if (plan.restart !== undefined && deps.docker === undefined && !canRestart(plan.restart, channel))
    return { kind: 'stop', reason: `container ${container.name} can only be restarted as a whole pod` }
  await known.willTouch([...plan.copy, ...plan.removed])
  if (plan.remove.length > 0) await channel.remove(plan.remove, signal)
  if (plan.copy.length > 0) {
    const states = new Map(files.map((file) => [file.path, file]))
    for (const { localPath, hash } of await channel.copy(plan.copy, signal)) {
      const { state, mode } = states.get(localPath) ?? {}
      const sent = state === 'folder' ? folderHash : hash
      if (sent !== undefined) known.synced(localPath, sent, mode)
      // It has vanished since it was looked at: the container still has what it had there before.
      else known.doubt([localPath])
    }
  }
  for (const { path, state } of files) if (state === 'gone') known.synced(path, undefined)
  const failure = await runAll(request, runsOf(request, plan.runs), channel, signal)
  if (failure !== undefined) return failure
  if (plan.restart !== undefined) await restart(deps, request, plan.restart, channel, signal)
  return { kind: 'done', copied: plan.copy.length, removed: plan.remove.length, ran: plan.runs.length }
}

/** The commands of the plan, and those that failed before. In the order of their declaration. */
function runsOf({ spec, known }: ContainerUpdateRequest, planned: readonly RunStepSpec[]): readonly RunStepSpec[] {
  return spec.runs.filter((run) => planned.includes(run) || known.owed.has(keyOf(run)))
}

async function runAll(
  { known, log, container }: ContainerUpdateRequest,
  runs: readonly RunStepSpec[],
  channel: ContainerChannel,
  signal: AbortSignal,
): Promise<ContainerUpdate | undefined> {
  for (const run of runs) known.owed.add(keyOf(run))
  for (const [index, run] of runs.entries()) {
    if (!run.echoOff) log(`[CMD ${index + 1}/${runs.length}] ${run.display}\n`)
    const { exitCode } = await channel.run({ argv: run.argv, onOutput: (text) => log(text) }, signal)
    if (exitCode === killed) return { kind: 'stop', reason: `${run.display}: killed in ${container.name}` }
    if (exitCode !== 0) return { kind: 'failed', exitCode, error: `${shown(run)}: exit code ${exitCode}` }
    known.owed.delete(keyOf(run))
  }
  return undefined
}

async function restart(
  deps: ContainerUpdateDeps,
  { container, log }: ContainerUpdateRequest,
  step: RestartStepSpec,
  channel: ContainerChannel,
  signal: AbortSignal,
): Promise<void> {
  if (canRestart(step, channel)) {
    log(`Restarting the process in ${container.name}\n`)
    await channel.restartProcess(signal)
    return
  }
  log(`Restarting container ${container.name}\n`)
  await deps.docker?.restartContainer(container.id, 0)
  deps.channels.renew(container.id)
}

function canRestart({ what }: RestartStepSpec, channel: ContainerChannel): boolean {
  return what === 'process' && channel.canRestartProcess
}

function keyOf({ argv }: RunStepSpec): string {
  return JSON.stringify(argv)
}

function shown({ display, echoOff }: RunStepSpec): string {
  return echoOff ? 'a command of the live update' : display
}
