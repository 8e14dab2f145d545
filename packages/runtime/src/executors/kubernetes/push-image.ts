import { parseImageRef } from '@tiltts/core/images'
import { type ClusterImage, clusterImage } from '@tiltts/core/kubernetes'
import {
  type ImageResult,
  type ImageSpec,
  isTiltError,
  type KubernetesConnection,
  type RegistrySpec,
} from '@tiltts/spec'
import type { Docker } from '../../ports/docker.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import type { Records } from '../../ports/records.js'
import { isOnAllNodes, type LoadDeps, loadCommand, loadImage } from './load-image.js'

export interface PushDeps extends LoadDeps {
  readonly docker: Pick<Docker, 'tag' | 'push' | 'registryDigest'>
  readonly kubernetes: Pick<Kubernetes, 'list'>
  readonly records: Records
}

/** Where images go. */
export interface PushTarget {
  readonly connection: KubernetesConnection
  /** Tells the cluster from all others. */
  readonly cluster: string
  readonly registry?: RegistrySpec | undefined
  readonly sharesDockerImages: boolean
}

export interface PushJob {
  readonly spec: ImageSpec
  readonly result: ImageResult
  readonly target: PushTarget
  readonly log: (text: string, level?: 'info' | 'warn' | 'error') => void
  /** A push begins; the returned function ends it. */
  readonly step: (name: string) => (error?: string) => void
}

/** An image on its way, by its names. */
export interface PushedImage extends Pick<PushJob, 'target' | 'log' | 'step'> {
  readonly image: ClusterImage
  /** Absent: the engine does not have it. */
  readonly imageId: string | undefined
}

export type PushEnd =
  /** How the cluster calls the image. */
  { readonly ok: true; readonly clusterRef: string } | { readonly ok: false; readonly error: string }

export interface ImagePushes {
  /** Brings a built image to where the nodes of the cluster find it. What is there already is not sent again. */
  push(job: PushJob, signal: AbortSignal): Promise<PushEnd>
  /** The same for an image that is no object of the session. */
  pushAs(image: PushedImage, signal: AbortSignal): Promise<PushEnd>
}

export function imagePushes(deps: PushDeps): ImagePushes {
  /** What this session has sent or found there. */
  const there = new Set<string>()
  const underWay = new Map<string, Promise<PushEnd>>()

  const send = async (job: PushedImage, key: string, signal: AbortSignal): Promise<PushEnd> => {
    const { target, imageId, log } = job
    const { local, cluster } = job.image
    if (imageId !== undefined) await deps.docker.tag(imageId, local)
    const load = target.registry === undefined && local === cluster ? loadCommand(target.connection, local) : undefined
    if ((await deps.records.get(key)) === imageId && (await isStillThere(load !== undefined, local, signal))) {
      there.add(key)
      log(`${local} is there already: not pushed\n`)
      return { ok: true, clusterRef: cluster }
    }
    const done = job.step(`push ${local}`)
    const error = load === undefined ? await pushed(job, local, signal) : await loadImage(deps, load, log, signal)
    done(error)
    if (error !== undefined) return { ok: false, error }
    there.add(key)
    await deps.records.set(key, imageId ?? '')
    return { ok: true, clusterRef: cluster }
  }

  /** What an earlier session has sent may have been removed since. */
  const isStillThere = async (loaded: boolean, ref: string, signal: AbortSignal): Promise<boolean> => {
    if (!loaded) return (await deps.docker.registryDigest(ref, signal)) !== undefined
    const parsed = parseImageRef(ref)
    if (parsed === undefined) return false
    try {
      return await isOnAllNodes(deps.kubernetes, `${parsed.canonical}:${parsed.tag ?? 'latest'}`, signal)
    } catch (error) {
      if (isTiltError(error) && error.code === 'kubernetes/forbidden') return false
      throw error
    }
  }

  const pushed = async ({ log }: PushedImage, ref: string, signal: AbortSignal): Promise<string | undefined> => {
    log(`Pushing ${ref}\n`)
    try {
      await deps.docker.push(ref, (line) => log(`${line}\n`), signal)
      return undefined
    } catch (error) {
      if (!isTiltError(error) || error.code !== 'image/push-failed') throw error
      return error.message
    }
  }

  const pushes: ImagePushes = {
    push({ spec, result, target, log, step }, signal) {
      const image = clusterImage(spec.node, result, target.sharesDockerImages ? undefined : target.registry)
      return pushes.pushAs({ image, imageId: result.imageId, target, log, step }, signal)
    },
    async pushAs(job, signal) {
      const { image, target } = job
      const whyNot = notPushed(image, target)
      if (whyNot !== undefined) {
        job.log(`${image.local} is not pushed: ${whyNot}\n`)
        return { ok: true, clusterRef: image.cluster }
      }
      const key = `pushed:${target.registry?.host ?? target.cluster}:${image.local}`
      if (there.has(key)) return { ok: true, clusterRef: image.cluster }
      // Another update may be at it: its end is this one's, unless it was called off.
      const other = await underWay.get(key)?.catch(() => undefined)
      if (other?.ok) return other
      const sending = send(job, key, signal)
      underWay.set(key, sending)
      try {
        return await sending
      } finally {
        if (underWay.get(key) === sending) underWay.delete(key)
      }
    },
  }
  return pushes
}

function notPushed({ push }: ClusterImage, { sharesDockerImages }: PushTarget): string | undefined {
  if (!push) return 'the command that builds it sees to that'
  return sharesDockerImages ? 'the cluster runs the images of the local Docker engine' : undefined
}
