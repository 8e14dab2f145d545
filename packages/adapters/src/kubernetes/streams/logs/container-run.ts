import type { PodContainerRef, PodLogOptions } from '@tiltts/runtime/ports'
import type { Transport } from '../../transport.js'
import { podPath } from '../pod-path.js'

/** One run of a container, and how its output can be had now. */
export interface ContainerRun {
  /** '' when it was never started. */
  readonly id: string
  /** `previous`: another run has followed. */
  readonly is: 'running' | 'ended' | 'previous'
}

interface RunState {
  readonly running?: object
  readonly terminated?: { readonly containerID?: string }
}

interface ContainerStatus {
  readonly name?: string
  readonly containerID?: string
  readonly state?: RunState
  readonly lastState?: RunState
}

interface Pod {
  readonly status?: Readonly<Record<string, unknown>>
}

/** The runs of a container that its pod knows of, the newest first. */
export async function containerRuns(
  transport: Transport,
  target: PodContainerRef,
  signal: AbortSignal,
): Promise<readonly ContainerRun[]> {
  const { body } = await transport.request('GET', podPath(target), { signal })
  const status = (body as Pod).status ?? {}
  const all = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'].flatMap((key) => {
    const list = status[key]
    return Array.isArray(list) ? (list as readonly ContainerStatus[]) : []
  })
  const found = all.find(({ name }) => name === target.container)
  const last = found?.lastState?.terminated?.containerID
  const before: readonly ContainerRun[] = last ? [{ id: last, is: 'previous' }] : []
  const terminated = found?.state?.terminated
  if (found?.state?.running) return [{ id: found.containerID ?? '', is: 'running' }, ...before]
  if (terminated) return [{ id: terminated.containerID || found?.containerID || '', is: 'ended' }, ...before]
  // It waits for its next run: until then the last one is what the cluster gives the output of.
  return before.map((run) => ({ ...run, is: 'ended' }))
}

/** Which of the runs is meant. */
export function chosenRun(
  runs: readonly ContainerRun[],
  { previous = false }: PodLogOptions,
): ContainerRun | undefined {
  if (!previous) return runs[0]
  return runs.find(({ is }) => is === 'previous') ?? runs.find(({ is }) => is === 'ended')
}
