import {
  type ContainerEnd,
  fromApiTime,
  type KubernetesDiscoveryStatus,
  type LogLevel,
  type Millis,
  type Pod,
  type PodContainer,
} from '@tiltts/spec'

/** A line about what runs for a resource, for its log. */
export interface PodLine {
  readonly text: string
  readonly level: LogLevel
}

export interface PodLinesContext {
  readonly resource: string
  /** When the session began. */
  readonly since: Millis
  /** An update of the resource is under way: it takes away what is older. */
  readonly updating: boolean
}

/** What the log says of containers that ended or were started again, of pods that failed, and of objects that went. */
export function podLines(
  before: KubernetesDiscoveryStatus,
  after: KubernetesDiscoveryStatus,
  { resource, since, updating }: PodLinesContext,
): readonly PodLine[] {
  const seen = new Map(before.pods.map((pod) => [pod.uid, pod]))
  const ends = after.pods
    .filter(({ deleting }) => !deleting)
    .flatMap((pod) => linesOfPod(pod, seen.get(pod.uid), since))
  const states = new Map(before.objects.map(({ uid, state }) => [uid, state]))
  const gone = after.objects.filter(({ uid, state }) => state === 'gone' && states.get(uid) !== 'gone')
  const removed = updating
    ? []
    : gone.map(
        ({ kind, name }): PodLine => ({
          text: `${kind}/${name} was removed by something else than tiltts: \`tiltts trigger ${resource}\` makes it again`,
          level: 'warn',
        }),
      )
  return [...ends, ...removed]
}

function linesOfPod(pod: Pod, was: Pod | undefined, since: Millis): readonly PodLine[] {
  const seen = new Map(was?.containers.map((container) => [container.name, container]))
  const ends = pod.containers.flatMap((container) => endLine(pod, container, seen.get(container.name), since) ?? [])
  // What the cluster has said of it before the session began is not told again.
  if (was === undefined && pod.problem !== undefined && fromApiTime(pod.createdAt) + 1_000 < since)
    ends.push({ text: `Pod ${pod.name} waits: ${pod.problem.message.trim()}`, level: 'warn' })
  const failed = pod.phase === 'Failed' && was !== undefined && was.phase !== 'Failed'
  if (!failed || ends.length > 0) return ends
  return [{ text: `Pod ${pod.name} failed: ${pod.status}`, level: 'warn' }]
}

function endLine(pod: Pod, now: PodContainer, was: PodContainer | undefined, since: Millis): PodLine | undefined {
  const end = now.terminated ?? now.lastEnd
  if (end === undefined) return undefined
  const who = `${now.init ? 'Init container' : 'Container'} ${now.name} of pod ${pod.name}`
  const isTold = !isNew(end, was, since)
  if (was !== undefined && now.restarts > was.restarts)
    return { text: isTold ? `${who} was restarted` : `${who} was restarted: it ${endText(end)}`, level: 'warn' }
  // What ended well has done its work.
  if (isTold || end.exitCode === 0) return undefined
  return { text: `${who} ${endText(end)}`, level: 'warn' }
}

/** Whether it was not seen before; one that was there from the beginning has to have ended in this session. */
function isNew(end: ContainerEnd, was: PodContainer | undefined, since: Millis): boolean {
  if (was === undefined) return end.finishedAt !== undefined && fromApiTime(end.finishedAt) >= since
  return [was.terminated, was.lastEnd].every(
    (one) => one?.finishedAt !== end.finishedAt || one?.exitCode !== end.exitCode,
  )
}

function endText({ exitCode, signal, reason }: ContainerEnd): string {
  const how = signal === undefined ? `exited with code ${exitCode}` : `was killed by signal ${signal}`
  return reason === '' || reason === 'Error' || reason === 'Completed' ? how : `${how} (${reason})`
}
