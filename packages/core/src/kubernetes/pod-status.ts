import type { ContainerEnd, KubernetesManifest, PodContainer } from '@tiltts/spec'
import { conditionOf, isTrue, textAt } from './fields.js'

/** What `kubectl get pods` shows as STATUS. */
export function podStatus(pod: KubernetesManifest, containers: readonly PodContainer[]): string {
  const phase = textAt(pod, 'status', 'phase')
  const reason = textAt(pod, 'status', 'reason')
  const deleting = textAt(pod, 'metadata', 'deletionTimestamp') !== ''
  if (deleting && reason === 'NodeLost') return 'Unknown'
  if (deleting && phase !== 'Succeeded' && phase !== 'Failed') return 'Terminating'
  const gated = conditionOf(pod, 'PodScheduled')?.reason === 'SchedulingGated'
  const whole = gated ? 'SchedulingGated' : reason || phase || 'Pending'
  const initializing = initStatus(containers.filter(({ init }) => init))
  if (initializing !== undefined && !isTrue(conditionOf(pod, 'Initialized'))) return initializing
  const running = containers.filter(({ init }) => !init)
  const told = running.map(containerStatus).find((status) => status !== undefined)
  if (told !== 'Completed' || !running.some(({ state, ready }) => state === 'running' && ready)) return told ?? whole
  return isTrue(conditionOf(pod, 'Ready')) ? 'Running' : 'NotReady'
}

/** `undefined` when all init containers have done their work, or run beside the others. */
function initStatus(containers: readonly PodContainer[]): string | undefined {
  const at = containers.findIndex(({ terminated, sidecar, state }) => {
    if (terminated !== undefined) return terminated.exitCode !== 0
    return !(sidecar && state === 'running')
  })
  const blocking = containers[at]
  if (blocking === undefined) return undefined
  const { terminated, waiting } = blocking
  if (terminated !== undefined) return `Init:${endText(terminated)}`
  if (waiting !== undefined && waiting.reason !== '' && waiting.reason !== 'PodInitializing')
    return `Init:${waiting.reason}`
  return `Init:${at}/${containers.length}`
}

/** The first container that has something to say speaks for the pod. */
function containerStatus({ waiting, terminated }: PodContainer): string | undefined {
  if (waiting !== undefined && waiting.reason !== '') return waiting.reason
  return terminated === undefined ? undefined : endText(terminated)
}

function endText({ reason, signal, exitCode }: ContainerEnd): string {
  if (reason !== '') return reason
  return signal === undefined ? `ExitCode:${exitCode}` : `Signal:${signal}`
}
