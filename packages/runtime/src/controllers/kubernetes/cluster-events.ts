import type { KubernetesManifest, Millis } from '@tiltts/spec'

/** Something that the cluster says of one of its objects. */
export interface ClusterEvent {
  readonly uid: string
  /** The object that it is about. */
  readonly about: { readonly uid: string; readonly kind: string; readonly namespace: string; readonly name: string }
  readonly normal: boolean
  readonly reason: string
  /** In one line. */
  readonly message: string
  /** Of its last repetition. Times of events have whole seconds. */
  readonly at: Millis
}

export function clusterEvent(object: KubernetesManifest): ClusterEvent {
  const about = fields(object['involvedObject'])
  const series = fields(object['series'])
  const times = [
    series['lastObservedTime'],
    object['lastTimestamp'],
    object['eventTime'],
    object['firstTimestamp'],
    object.metadata['creationTimestamp'],
  ]
  const at = times.map((time) => (typeof time === 'string' ? Date.parse(time) : Number.NaN)).find(Number.isFinite)
  return {
    uid: String(object.metadata['uid'] ?? ''),
    about: {
      uid: text(about['uid']),
      kind: text(about['kind']),
      namespace: text(about['namespace']),
      name: text(about['name']),
    },
    normal: object['type'] === 'Normal',
    reason: text(object['reason']),
    message: text(object['message'])
      .trim()
      .replaceAll(/\s*\n\s*/g, ' '),
    at: at ?? 0,
  }
}

/** Of what goes well, only what takes its time is worth a line. */
export function isTold({ normal, reason, message }: ClusterEvent): boolean {
  return !normal || reason === 'Pulling' || (reason === 'Pulled' && !message.includes('already present'))
}

/** A probe says that a container does not answer yet, or not any more; it is not restarted for that. */
export function isUnreadiness({ reason, message }: ClusterEvent): boolean {
  return reason === 'Unhealthy' && /^(Readiness|Startup) probe /.test(message)
}

/**
 * Equal for what says the same of the same object. What cannot make its pods tries again and again, each time with another
 * name for the pod, until the cluster sums that up.
 */
export function gistOf({ uid, about, reason, message }: ClusterEvent): { readonly of: string; readonly gist: string } {
  if (reason !== 'FailedCreate') return { of: uid, gist: message }
  const gist = message.replace(/^\(combined from similar events\): /, '').replace(/pods "[^"]*"/, 'pods')
  return { of: `${about.uid}/${reason}`, gist }
}

export function eventLine({ about, message }: ClusterEvent): string {
  const where = about.namespace === '' ? about.name : `${about.namespace}/${about.name}`
  return `[event: ${about.kind.toLowerCase()} ${where}] ${message}`
}

/** What keeps a pod from starting, or an object from making its pods. */
const hindrances = new Set([
  'FailedScheduling',
  'FailedMount',
  'FailedAttachVolume',
  'FailedMapVolume',
  'FailedCreatePodSandBox',
  'FailedPodSandBoxStatus',
  'NetworkNotReady',
  'FailedCreate',
  'FailedBinding',
  'ProvisioningFailed',
])

export function hindranceOf(event: ClusterEvent): { readonly reason: string; readonly message: string } | undefined {
  const { normal, reason, message } = event
  return !normal && hindrances.has(reason) ? { reason, message } : undefined
}

/** The container that the kubelet has put off starting again. It says so long before the pod's status does. */
export function backOffOf({ reason, message }: ClusterEvent): string | undefined {
  return reason === 'BackOff' ? /^Back-off restarting failed container[ =](\S+)/.exec(message)?.[1] : undefined
}

type Fields = Readonly<Record<string, unknown>>

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
