import type { ContainerEnd, Pod, PodContainer } from '@tiltts/spec'
import type { RuntimeView } from './what-runs.js'

/** What waits by these reasons waits for somebody to mend it. */
const brokenReasons: Readonly<Record<string, string>> = {
  ErrImagePull: 'cannot pull the image',
  ImagePullBackOff: 'cannot pull the image',
  InvalidImageName: 'has an invalid image name',
  ErrImageNeverPull: 'may not pull the image',
  CreateContainerConfigError: 'cannot be configured',
  CreateContainerError: 'cannot be created',
  RunContainerError: 'cannot be started',
  StartError: 'cannot be started',
  Error: 'failed',
}

/** Enough for `ci` to give up: the kubelet itself has stopped trying at once. */
const hopeless = 5

/** What one pod says of its resource. */
export function podView(pod: Pod): RuntimeView {
  const { phase, createdAt, containers, problem } = pod
  const startedAt = startOf(pod)
  if (phase === 'Succeeded') return { is: 'done', startedAt, finishedAt: endOf(containers) }
  if (phase === 'Failed') return failedView(pod)
  const broken = containers.map((container) => brokenView(container, pod)).find((view) => view !== undefined)
  if (broken !== undefined) return broken
  if (phase === 'Running') {
    if (pod.ready) return { is: 'running', startedAt, ready: true }
    return { is: 'running', startedAt, ready: false, why: notReadyText(pod) }
  }
  if (problem !== undefined) return { is: 'starting', why: `${problem.reason}: ${problem.message}` }
  return { is: 'starting', why: createdAt === '' ? undefined : pod.status }
}

/** A container that crashes, or cannot come up at all. */
function brokenView(container: PodContainer, pod: Pod): RuntimeView | undefined {
  const { waiting, terminated, restarts, lastEnd } = container
  const who = nameOf(container)
  if (waiting !== undefined) {
    if (waiting.reason === 'CrashLoopBackOff') {
      const end = lastEnd === undefined ? 'crashes' : endText(lastEnd)
      return ended(pod, {
        text:
          restarts === 0 ? `${who} ${end} (CrashLoopBackOff)` : `${who} ${end}, again and again (${times(restarts)})`,
        failures: Math.max(hopeless, restarts),
      })
    }
    const reason = brokenReasons[waiting.reason]
    if (reason === undefined) return undefined
    const more = waiting.message === undefined ? ` (${waiting.reason})` : `: ${withoutPreamble(waiting.message)}`
    return ended(pod, { text: `${who} ${reason}${more}`, failures: hopeless })
  }
  if (terminated === undefined || terminated.exitCode === 0) return undefined
  return ended(pod, { text: `${who} ${endText(terminated)}`, failures: restarts + 1 })
}

function failedView(pod: Pod): RuntimeView {
  const guilty = pod.containers.find(({ terminated }) => terminated !== undefined && terminated.exitCode !== 0)
  const text =
    guilty?.terminated === undefined ? `pod ${pod.status}` : `${nameOf(guilty)} ${endText(guilty.terminated)}`
  return { ...ended(pod, { text, failures: 0 }), restarts: false }
}

function ended(
  pod: Pod,
  { text, failures }: { readonly text: string; readonly failures: number },
): Extract<RuntimeView, { is: 'ended' }> {
  const finishedAt = endOf(pod.containers)
  return { is: 'ended', startedAt: startOf(pod), finishedAt, text, sentence: text, restarts: true, failures }
}

function notReadyText({ containers, status }: Pod): string {
  const waiting = containers.filter(({ init, ready }) => !init && !ready)
  const [first] = waiting
  if (first === undefined) return status === 'Running' ? 'the pod is not ready' : status
  const running = first.state === 'running' ? 'has not become ready' : (first.waiting?.reason ?? 'does not run')
  return `${nameOf(first)} ${running}`
}

function nameOf({ name, init, sidecar }: PodContainer): string {
  return `${init && !sidecar ? 'init container' : 'container'} ${name}`
}

/** Its own last words are worth more than the reason, which only repeats the code. */
function endText({ exitCode, signal, reason, message }: ContainerEnd): string {
  const how = signal === undefined ? `exited with code ${exitCode}` : `was killed by signal ${signal}`
  const known = reason === '' || reason === 'Error' || reason === 'Completed' ? how : `${how} (${reason})`
  const last = message?.split('\n').findLast((line) => line.trim() !== '')
  return last === undefined ? known : `${known}: ${last.trim()}`
}

/** What went wrong, without the calls that it went through and the image that each of them names once more. */
function withoutPreamble(message: string): string {
  const preamble =
    /^(?:Back-off pulling image "[^"]*": |ErrImagePull: |rpc error: code = \w+ desc = |failed to (?:pull and unpack image|resolve reference|pull image) "[^"]*": )+/
  return message.replace(preamble, '') || message
}

/** When its first container started, else when it was made. */
export function startOf({ containers, createdAt }: Pod): string {
  return containers.find(({ init, startedAt }) => !init && startedAt !== undefined)?.startedAt ?? createdAt
}

function endOf(containers: readonly PodContainer[]): string | undefined {
  const ends = containers.map(({ terminated }) => terminated?.finishedAt).filter((time) => time !== undefined)
  return ends.toSorted().at(-1)
}

function times(count: number): string {
  return count === 1 ? 'restarted once' : `restarted ${count} times`
}
