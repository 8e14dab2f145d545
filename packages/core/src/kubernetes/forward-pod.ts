import type { Pod, PortForwardSpec } from '@tiltts/spec'
import { newestFirst } from './pods-of-resource.js'

/**
 * The pod that new connections go to: one that is ready before one that merely runs, that before one that is going away,
 * and of these the newest. `undefined`: none runs.
 */
export function forwardPod(pods: readonly Pod[]): Pod | undefined {
  const [best] = pods
    .filter(({ phase }) => phase === 'Running')
    .toSorted((a, b) => rank(a) - rank(b) || newestFirst(a, b))
  return best
}

function rank({ deleting, ready }: Pod): number {
  if (deleting) return 2
  return ready ? 0 : 1
}

/**
 * The container port that a forward leads to: the one it names; else the declared port of the same number, else the first
 * one the pod declares, else the local port.
 */
export function containerPortOf({ localPort, containerPort }: PortForwardSpec, pod: Pod): number {
  if (containerPort !== undefined) return containerPort
  const declared = pod.containers.filter(({ init, sidecar }) => !init || sidecar).flatMap(({ ports }) => ports)
  return declared.find(({ port }) => port === localPort)?.port ?? declared[0]?.port ?? localPort
}
