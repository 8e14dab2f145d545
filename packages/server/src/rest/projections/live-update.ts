import { dirname, relative } from 'node:path'
import { parseImageRef, registryRef } from '@tiltts/core/images'
import { liveUses } from '@tiltts/core/live-update'
import {
  type Cluster,
  type DockerComposeService,
  type Image,
  type ImageUse,
  type KubernetesDiscovery,
  type LiveUpdate,
  type LiveUpdateContainer,
  type LiveUpdateSpec,
  type Pod,
  type PodContainer,
  type RegistrySpec,
  type Resource,
  type Tiltfile,
  type Update,
  wellKnown,
} from '@tiltts/spec'
import { clientName } from '../shapes/client-name.js'
import { type Projection, projection } from './projection.js'
import { registryBeside, registryOf } from './registry.js'

interface Facts {
  readonly tiltfile: Tiltfile['spec'] | undefined
  readonly discovery: KubernetesDiscovery | undefined
  readonly service: DockerComposeService | undefined
  readonly cluster: Cluster | undefined
  readonly registry: RegistrySpec | undefined
  readonly update: Update | undefined
  readonly images: readonly (Image | undefined)[]
}

type Beside = readonly [
  Facts['tiltfile'],
  Facts['discovery'],
  Facts['service'],
  Facts['cluster'],
  Facts['registry'],
  Facts['update'],
  ...Facts['images'],
]

/** Of each image of a resource whose containers take over changed files. */
export const liveUpdate: Projection = projection<'Resource', 'LiveUpdate', Beside>({
  from: 'Resource',
  beside({ metadata: { name }, spec, status }, store) {
    const uses = liveUses(spec)
    return [
      store.get('Tiltfile', wellKnown.tiltfile)?.spec,
      store.get('KubernetesDiscovery', name),
      store.get('DockerComposeService', name),
      ...registryBeside(store),
      store.get('Update', status.history[0] ?? ''),
      ...uses.map((use) => store.get('Image', use.name)),
    ]
  },
  of(resource, [tiltfile, discovery, service, cluster, registry, update, ...images]) {
    const facts: Facts = { tiltfile, discovery, service, cluster, registry, update, images }
    return liveUses(resource.spec).flatMap((use, index) => {
      if (use.liveUpdate === undefined) return []
      const part = { resource, use, live: use.liveUpdate, image: images[index] }
      return [
        {
          name: clientName(`${resource.metadata.name}:${use.name}`),
          part: use.name,
          spec: specOf(part, facts),
          status: statusOf(part, facts),
        },
      ]
    })
  },
})

interface Part {
  readonly resource: Resource
  readonly use: ImageUse
  readonly live: LiveUpdateSpec
  readonly image: Image | undefined
}

function specOf({ resource, use, live, image }: Part, { tiltfile }: Facts): LiveUpdate['spec'] {
  const basePath = dirname(tiltfile?.path ?? '/')
  const short = (path: string): string => relative(basePath, path) || '.'
  const sources = [
    ...(image === undefined ? resource.spec.watches : [image.spec.watch]).map((fileWatch) => ({
      fileWatch,
      ...(image !== undefined && { imageMap: clientName(use.name) }),
    })),
  ]
  return {
    basePath,
    selector: selectorOf(resource, use, image),
    sources,
    ...(live.stopPaths.length > 0 && { stopPaths: live.stopPaths.map(short) }),
    syncs: live.syncs.map(({ localPath, containerPath }) => ({ localPath: short(localPath), containerPath })),
    ...(live.runs.length > 0 && {
      execs: live.runs.map(({ argv, triggers, echoOff }) => ({
        args: argv,
        triggerPaths: triggers.map(short),
        echoOff,
      })),
    }),
    restart: live.restart === undefined ? 'none' : 'always',
    ...(live.initialSync && { initialSync: {} }),
  }
}

function selectorOf(
  { metadata: { name }, spec }: Resource,
  use: ImageUse,
  image: Image | undefined,
): LiveUpdate['spec']['selector'] {
  if (spec.compose !== undefined) return { dockerCompose: { service: name } }
  const { containerSelector } = spec.kubernetes?.custom ?? {}
  const what =
    image !== undefined
      ? { imageMapName: clientName(use.name) }
      : containerSelector === use.name
        ? { containerName: use.name }
        : { image: use.name }
  return { kubernetes: { discoveryName: name, applyName: name, ...what } }
}

function statusOf(part: Part, facts: Facts): LiveUpdate['status'] {
  const { status } = part.resource
  const { update } = facts
  const synced = update?.status.liveUpdate === true ? update.status.startTime : undefined
  const told = {
    ...(synced !== undefined && { lastFileTimeSynced: synced }),
    ...(status.liveStepFailed === true && { lastExecError: update?.status.error ?? 'a command failed' }),
  }
  const containers = containersOf(part, facts).map((container) => ({ ...container, ...told }))
  return {
    containers,
    ...(status.fallback !== undefined && { failed: { reason: 'UpdateStopped', message: status.fallback } }),
  }
}

function containersOf(part: Part, facts: Facts): readonly LiveUpdateContainer[] {
  const waiting = (runs: boolean): Pick<LiveUpdateContainer, 'waiting'> =>
    runs ? {} : { waiting: { reason: 'ContainerWaiting' } }
  if (part.resource.spec.compose !== undefined)
    return (facts.service?.status.containers ?? []).map(({ id, name, state }) => ({
      containerName: name,
      containerID: id,
      ...waiting(state.running),
    }))
  const isMeant = matcherOf(part, facts)
  return (facts.discovery?.status.pods ?? []).filter(isStaying).flatMap((pod) =>
    pod.containers.filter(isMeant).map(({ name, id, state }) => ({
      containerName: name,
      containerID: id,
      podName: pod.name,
      namespace: pod.namespace,
      ...waiting(state === 'running'),
    })),
  )
}

const isStaying = ({ deleting, phase }: Pod): boolean => !deleting && phase !== 'Succeeded' && phase !== 'Failed'

function matcherOf({ use, image, resource }: Part, facts: Facts): (container: PodContainer) => boolean {
  if (image === undefined && use.name === resource.spec.kubernetes?.custom?.containerSelector)
    return ({ name }) => name === use.name
  const registry = registryOf([facts.cluster, facts.registry])
  const ref = image?.spec.node.ref ?? use.name
  const names = new Set([ref, registryRef(ref, registry).cluster, image?.status.result?.ref].map(repositoryOf))
  names.delete(undefined)
  return (container) => (!container.init || container.sidecar) && names.has(repositoryOf(container.image))
}

/** Without the tag: another build of an image is the same image. */
const repositoryOf = (ref: string | undefined): string | undefined =>
  ref === undefined ? undefined : parseImageRef(ref)?.canonical
