import { existsSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { LiveUpdateSpec, RestartStepSpec } from '@tiltts/spec'
import type { Call } from './call/call.js'
import { describe } from './call/expect.js'
import type { Declaration } from './collector/recorder.js'
import { kindOf } from './handle.js'
import { type KeptLiveUpdate, type KeptStep, keepSteps, type StopPath } from './live-update-steps.js'

/**
 * Keeps the live update of an image.
 *
 * @param folders Of the files of the image: paths of `fallBackOn` may count from there.
 * @returns Nothing when there is none, or when it is wrong, which is recorded.
 */
export function keepLiveUpdate(
  call: Call,
  subject: string,
  given: unknown,
  folders: readonly string[],
): Declaration<LiveUpdateSpec> | undefined {
  if (given === undefined) return undefined
  const { steps, valid, at } = taken(call, subject, given)
  if (!valid || steps.length === 0) return undefined
  const of = <K extends KeptStep['step']>(kind: K): readonly Extract<KeptStep, { step: K }>[] =>
    steps.filter((step): step is Extract<KeptStep, { step: K }> => step.step === kind)
  const spec: Omit<LiveUpdateSpec, 'place'> = {
    syncs: of('sync').map(({ localPath, containerPath, ignores }) => ({ localPath, containerPath, ignores })),
    runs: of('run').map(({ argv, display, triggers, echoOff }) => ({ argv, display, triggers, echoOff })),
    stopPaths: of('fallBackOn').flatMap(({ paths }) => paths.map((path) => stopPath(call, path, folders))),
    initialSync: of('initialSync').length > 0,
    restart: restartOf(steps.at(-1)),
  }
  return (finish) => ({ ...spec, place: finish.place(at) })
}

function taken(call: Call, subject: string, given: unknown): Pick<KeptLiveUpdate, 'steps' | 'valid' | 'at'> {
  if (kindOf(given) === 'liveUpdate') return given as KeptLiveUpdate
  if (Array.isArray(given)) return { ...keepSteps(call, subject, given), at: call.at }
  call.error(
    'config/live-update',
    `${subject}: \`liveUpdate\` must be a list of steps or a liveUpdate(…), but it is ${describe(given)}`,
  )
  return { ...keepSteps(call, subject, []), at: call.at }
}

function restartOf(last: KeptStep | undefined): RestartStepSpec | undefined {
  if (last?.step === 'restartContainer') return { what: 'container', triggers: [] }
  if (last?.step !== 'restartProcess') return undefined
  const { triggers, entrypoint, onExit } = last
  return { what: 'process', triggers, entrypoint, onExit }
}

/** Where nothing stands at the path itself, but in the context of the image, that is meant. */
function stopPath(call: Call, { path, inContext }: StopPath, folders: readonly string[]): string {
  if (inContext === undefined || existsSync(path)) return path
  const found = folders
    .map((folder) => ({ folder, below: resolve(folder, inContext) }))
    .find(({ folder, below }) => isInside(folder, below) && existsSync(below))
  if (found === undefined) return path
  // a file that turns up there later is meant then
  call.recorder.recordRead({ path, kind: 'file' })
  return found.below
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
