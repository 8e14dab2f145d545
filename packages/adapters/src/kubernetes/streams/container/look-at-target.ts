import type { ContainerUser } from '@tiltts/core/kubernetes'
import { lookArgv } from '@tiltts/helper'
import type { PodContainerRef } from '@tiltts/runtime/ports'
import { channelClosed, type NamedContainer } from '../../../container-channel/failures.js'
import type { PodExec } from './exec-in-pod.js'

/** Starts a process in a container of the pod. */
export type StartIn = (place: PodContainerRef, argv: readonly string[], stdin: boolean) => Promise<PodExec>

export type SeenTarget =
  | { readonly kind: 'open' }
  /** `errno`: why its files cannot be had, as the system says it. */
  | { readonly kind: 'closed'; readonly user: ContainerUser; readonly errno: string }
  /** In the words of whoever could not look. */
  | { readonly kind: 'failed'; readonly reason: string }

/** Has a container with the helper look whether it gets at the files of another one. */
export async function lookAtTarget(
  { startIn, container }: { readonly startIn: StartIn; readonly container: NamedContainer },
  helper: PodContainerRef,
  target: string,
  signal: AbortSignal,
): Promise<SeenTarget> {
  const { pipe, end } = await startIn(helper, lookArgv(target), false)
  let said = ''
  pipe.listen((bytes) => {
    said += bytes.toString('utf8')
  })
  signal.addEventListener('abort', pipe.destroy, { once: true })
  await pipe.closed
  signal.removeEventListener('abort', pipe.destroy)
  signal.throwIfAborted()
  const ended = end()
  if (ended.kind === 'lost') throw channelClosed(container)
  if (ended.kind === 'not-started') return { kind: 'failed', reason: ended.reason }
  const [, uid, gid, errno = ''] = /^(\d+) (\d+) (\w+)$/m.exec(said) ?? []
  if (uid === undefined) return { kind: 'failed', reason: said.trim() || 'nothing' }
  return errno === 'ok' ? { kind: 'open' } : { kind: 'closed', user: { uid: Number(uid), gid: Number(gid) }, errno }
}
