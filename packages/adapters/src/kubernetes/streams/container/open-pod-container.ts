import { agentArgv } from '@tiltts/helper'
import {
  type ContainerChannel,
  kubernetesRefusal,
  type OpenContainerOptions,
  type PodContainerRef,
} from '@tiltts/runtime/ports'
import { channelOf } from '../../../container-channel/channel-of.js'
import { channelClosed, type NamedContainer } from '../../../container-channel/failures.js'
import { helperParts } from '../../../container-channel/helper-parts.js'
import type { ChannelParts } from '../../../container-channel/parts.js'
import type { Pipe } from '../../../container-channel/pipe.js'
import { serial } from '../../../container-channel/serial.js'
import type { StreamDeps } from '../stream-deps.js'
import { bareParts } from './bare-parts.js'
import { besideParts } from './beside-parts.js'
import { execInPod, type PodExec } from './exec-in-pod.js'
import { shellParts } from './shell-parts.js'
import { tarProcess } from './tar-process.js'

/**
 * Opens the way that is best for this container: its helper where the image has one, else its shell and tar, else a container
 * beside it where there may be one.
 */
export async function openPodContainer(
  deps: StreamDeps,
  target: PodContainerRef,
  signal: AbortSignal,
  { beside }: OpenContainerOptions = {},
): Promise<ContainerChannel> {
  signal.throwIfAborted()
  const container: NamedContainer = { system: 'kubernetes', name: `${target.container} of pod ${target.pod}` }
  const ended = new AbortController()
  const closing = new AbortController()
  const over = (): void => ended.abort(channelClosed(container))

  const startIn = async (place: PodContainerRef, argv: readonly string[], stdin: boolean): Promise<PodExec> => {
    try {
      return await execInPod(deps, { target: place, argv, stdin, signal: closing.signal })
    } catch (error) {
      const status = kubernetesRefusal(error)?.status
      throw status === 404 || status === 400 ? channelClosed(container) : error
    }
  }
  const start = (argv: readonly string[], { stdin }: { readonly stdin: boolean }): Promise<PodExec> =>
    startIn(target, argv, stdin)
  const byHelper = async (): Promise<ChannelParts | undefined> => {
    let exec: PodExec | undefined
    const agent = async (): Promise<Pipe> => {
      exec = await start(agentArgv(), { stdin: true })
      return exec.pipe
    }
    try {
      const parts = await helperParts({ files: agent })
      if (parts) void exec?.pipe.closed.then(over)
      return parts
    } catch (error) {
      // An image without it: what says so is no failure.
      if (exec?.end().kind === 'not-started') return undefined
      throw error
    }
  }
  const tar = tarProcess({
    start,
    onLost: over,
    failure: (exec) => {
      const end = exec.end()
      return end.kind === 'not-started' ? new NoShell() : channelClosed(container)
    },
  })
  const without = (what: string): ChannelParts => {
    const bare = bareParts({ container, start })
    return beside ? besideParts({ deps, target, container, lacks: what, beside, bare, startIn, over }) : bare
  }
  const otherwise = async (): Promise<ChannelParts> => {
    try {
      const opened = await tar.get()
      if (opened.kind === 'missing' && beside) return without(opened.program)
      return shellParts({ container, start, tar })
    } catch (error) {
      if (error instanceof NoShell) return without('shell (sh)')
      throw error
    }
  }
  const open = async (): Promise<ChannelParts> => {
    // Both at once: which of the two there is takes as long to find out as to start it.
    const waiting = tar.get()
    waiting.catch(() => {})
    const helper = await byHelper()
    if (!helper) return otherwise()
    tar.close()
    return helper
  }

  const inTurn = serial(ended.signal)
  const close = (): void => {
    over()
    clockedCut(deps, closing)
  }
  try {
    const parts = await inTurn(open, signal)
    return channelOf({ container: `${target.namespace}/${target.pod}/${target.container}`, parts, inTurn, close })
  } catch (error) {
    closing.abort(error)
    throw error
  }
}

class NoShell extends Error {}

/** What was told to end gets a moment for it. */
function clockedCut({ clock }: StreamDeps, closing: AbortController): void {
  clock.timer(1000, () => closing.abort(new Error('the channel was closed')))
}
