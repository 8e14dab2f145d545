import { podErrors, templateHashLabel } from '@tiltts/core/kubernetes'
import type { Pod, PodContainer, WirePod, WirePodContainer, WirePodContainerState } from '@tiltts/spec'

/**
 * A pod as extensions read it.
 *
 * @param applied - uids of what it may come from
 */
export function wirePod(pod: Pod, applied: ReadonlySet<string>): WirePod {
  const { uid, name, namespace, createdAt, phase, deleting, containers, owners, labels, status, conditions = [] } = pod
  const ancestor = [uid, ...owners.map((owner) => owner.uid)].find((one) => applied.has(one))
  const hash = labels[templateHashLabel]
  const [owner] = owners
  const init = containers.filter((container) => container.init)
  return {
    uid,
    name,
    namespace,
    createdAt,
    phase,
    deleting,
    conditions,
    ...(init.length > 0 && { initContainers: init.map(wireContainer) }),
    containers: containers.filter((container) => !container.init).map(wireContainer),
    ...(ancestor !== undefined && { ancestorUID: ancestor }),
    ...(hash !== undefined && { podTemplateSpecHash: hash }),
    status,
    errors: podErrors(pod),
    ...(owner !== undefined && { owner: { name: owner.name, apiVersion: owner.apiVersion, kind: owner.kind } }),
  }
}

function wireContainer(container: PodContainer): WirePodContainer {
  const { name, id, ready, image, restarts, ports } = container
  return { name, id, ready, image, restarts, state: wireState(container), ports: ports.map(({ port }) => port) }
}

function wireState({ state, waiting, terminated, startedAt }: PodContainer): WirePodContainerState {
  if (state === 'waiting') return { waiting: { reason: waiting?.reason ?? '' } }
  if (state === 'running') return { running: { startedAt: startedAt ?? '' } }
  const { reason = '', exitCode = 0, startedAt: from, finishedAt } = terminated ?? {}
  return {
    terminated: {
      ...(from !== undefined && { startedAt: from }),
      ...(finishedAt !== undefined && { finishedAt }),
      reason,
      exitCode,
    },
  }
}
