import { agentArgv } from '@tiltts/helper'
import type { ContainerBeside, PodContainerRef } from '@tiltts/runtime/ports'
import { copyFailed, type NamedContainer } from '../../../container-channel/failures.js'
import { helperParts } from '../../../container-channel/helper-parts.js'
import type { ChannelParts } from '../../../container-channel/parts.js'
import type { StreamDeps } from '../stream-deps.js'
import { containerBeside } from './container-beside.js'
import type { StartIn } from './look-at-target.js'

export interface BesidePartsDeps {
  readonly deps: StreamDeps
  readonly target: PodContainerRef
  readonly container: NamedContainer
  /** What its image has not: `tar`. */
  readonly lacks: string
  readonly beside: ContainerBeside
  /** What can be done with programs of its own. */
  readonly bare: ChannelParts
  readonly startIn: StartIn
  /** The way to it is gone. */
  readonly over: () => void
}

/**
 * A container whose image has nothing that takes files: they go through the root of its process, which a container beside it
 * gets at. That comes into the pod with the first file, not before. Commands are started in the container itself.
 */
export function besideParts(parts: BesidePartsDeps): ChannelParts {
  const { bare } = parts
  let opening: Promise<ChannelParts> | undefined
  const files = (signal: AbortSignal): Promise<ChannelParts> => {
    opening ??= open(parts, signal).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  return {
    canRestartProcess: false,
    copy: async (entries, signal) => (await files(signal)).copy(entries, signal),
    remove: async (paths, signal) => (await files(signal)).remove(paths, signal),
    inspect: async (paths, signal) => (await files(signal)).inspect(paths, signal),
    run: bare.run,
    restartProcess: bare.restartProcess,
    close() {
      // What could not be opened needs no closing.
      opening?.then((opened) => opened.close()).catch(() => {})
    },
  }
}

async function open(parts: BesidePartsDeps, signal: AbortSignal): Promise<ChannelParts> {
  const { deps, target, container, lacks, beside, startIn, over } = parts
  const refuse = (why: string): Error =>
    copyFailed(container, 'copy files into', `its image has no ${lacks}, nor the helper of tiltts; ${why}`)
  const image = await beside.image(signal)
  if (!image.ok) throw refuse(image.reason)
  const request = { deps, target, container, image: image.ref, onAdd: beside.onAdd, startIn, refuse }
  const found = await containerBeside(request, signal)
  const exec = await startIn({ ...target, container: found.name }, agentArgv(found.target), true)
  const opened = await helperParts({ files: async () => exec.pipe })
  if (opened === undefined) throw refuse(`the helper of image ${image.ref} is of another version`)
  void exec.pipe.closed.then(over)
  return opened
}
