import { createHash } from 'node:crypto'
import {
  type ContainerUser,
  type HelperContainer,
  type HelperContainerPlan,
  helperContainerState,
  planHelperContainer,
} from '@tiltts/core/kubernetes'
import { idleArgv } from '@tiltts/helper'
import { kubernetesRefusal, type PodContainerRef } from '@tiltts/runtime/ports'
import type { KubernetesManifest } from '@tiltts/spec'
import { channelClosed, type NamedContainer } from '../../../container-channel/failures.js'
import { podPath } from '../pod-path.js'
import type { StreamDeps } from '../stream-deps.js'
import { lookAtTarget, type StartIn } from './look-at-target.js'

/** So long its image may take to be pulled. */
const patienceMs = 60_000
const lookMs = 100

export interface ContainerBesideRequest {
  readonly deps: StreamDeps
  readonly target: PodContainerRef
  readonly container: NamedContainer
  readonly image: string
  readonly onAdd: (message: string) => void
  readonly startIn: StartIn
  /** The error that there can be none, for a reason. */
  readonly refuse: (why: string) => Error
}

/**
 * An ephemeral container that gets at the files of the target: one that runs, else a new one. Where the pod does not tell as
 * whom the target runs, the first one finds that out for the second.
 */
export async function containerBeside(request: ContainerBesideRequest, signal: AbortSignal): Promise<HelperContainer> {
  let user: ContainerUser | undefined
  for (;;) {
    const found = await running(request, user, signal)
    const { target, refuse } = request
    const seen = await lookAtTarget(request, { ...target, container: found.name }, found.target, signal)
    if (seen.kind === 'open') return found
    if (seen.kind === 'failed') throw refuse(`the container ${found.name} beside it says: ${seen.reason}`)
    const wasRight = seen.user.uid === found.user.uid && seen.user.gid === found.user.gid
    if (wasRight || user !== undefined) {
      const who = `user ${seen.user.uid}:${seen.user.gid}`
      throw refuse(`the node does not let its own ${who} in container ${found.name} at its files (${seen.errno})`)
    }
    user = seen.user
  }
}

async function running(
  request: ContainerBesideRequest,
  user: ContainerUser | undefined,
  signal: AbortSignal,
): Promise<HelperContainer> {
  const { deps, target, image, refuse } = request
  const planned = planHelperContainer({
    pod: await podNow(request, signal),
    container: target.container,
    image,
    command: idleArgv(),
    user,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
  })
  if (planned.kind === 'gone') throw channelClosed(request.container)
  if (planned.kind === 'no') throw refuse(`no container can be added beside it: ${planned.reason}`)
  if (planned.kind === 'add') await add(request, planned, signal)
  for (const until = deps.clock.now() + patienceMs; ; await deps.clock.sleep(lookMs, signal)) {
    const state = helperContainerState(await podNow(request, signal), planned.name)
    if (state.running) return planned
    const what = `container ${planned.name} beside it, of image ${image},`
    if (state.problem !== undefined) throw refuse(`${what} does not run: ${state.problem}`)
    if (deps.clock.now() >= until) throw refuse(`${what} does not run after ${patienceMs / 1000} s`)
  }
}

async function add(
  { deps, target, image, onAdd, refuse }: ContainerBesideRequest,
  { spec, user }: Extract<HelperContainerPlan, { kind: 'add' }>,
  signal: AbortSignal,
): Promise<void> {
  const who = `as user ${user.uid}:${user.gid}`
  onAdd(
    `Adding ephemeral container ${spec.name} (image ${image}, ${who}) to pod ${target.pod}, for the files of ${target.container}\n`,
  )
  try {
    await deps.transport.request('PATCH', podPath(target, 'ephemeralcontainers'), {
      body: { spec: { ephemeralContainers: [spec] } },
      // Merged by name, so that two sessions which do this at once do not get in each other's way.
      contentType: 'application/strategic-merge-patch+json',
      signal,
    })
  } catch (error) {
    const refusal = kubernetesRefusal(error)
    if (refusal === undefined || refusal.status >= 500) throw error
    throw refuse(`no container of image ${image} can be added beside it: ${refusal.message}`)
  }
}

async function podNow(
  { deps, target, container }: ContainerBesideRequest,
  signal: AbortSignal,
): Promise<KubernetesManifest> {
  try {
    const { body } = await deps.transport.request('GET', podPath(target), { signal })
    return body as KubernetesManifest
  } catch (error) {
    throw kubernetesRefusal(error)?.status === 404 ? channelClosed(container) : error
  }
}
