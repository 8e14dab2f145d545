import { registryRef, taggedRefs } from '@tiltts/core/images'
import { isTiltError } from '@tiltts/spec'
import type { ContainerHelper } from '../../ports/container-helper.js'
import type { Docker } from '../../ports/docker.js'
import type { HelperImage } from '../../ports/kubernetes.js'
import { helperBuild } from '../image/helper-build.js'
import { loadCommand } from './load-image.js'
import type { ImagePushes, PushTarget } from './push-image.js'

export interface HelperImageDeps {
  readonly docker: Pick<Docker, 'info' | 'build' | 'registryDigest'>
  readonly helper: ContainerHelper
  readonly pushes: Pick<ImagePushes, 'pushAs'>
  readonly target: () => PushTarget | undefined
  /** The processor of the cluster's nodes, as Go names it; `undefined`: nobody knows. */
  readonly arch: () => string | undefined
  readonly env: Readonly<Record<string, string>>
}

export type HelperImages = (log: (text: string) => void, signal: AbortSignal) => Promise<HelperImage>

/** Names an image of the user's that has the helper. */
export const helperImageVariable = 'TILTTS_HELPER_IMAGE'

/**
 * The image of the container helper and nothing else, where the nodes of the cluster find it: the one that the user names,
 * else one that is built and pushed here as the user's images are. Its tag tells its content, so that it is done once.
 */
export function helperImages(deps: HelperImageDeps): HelperImages {
  return async (log, signal) => {
    const named = deps.env[helperImageVariable]
    if (named) return { ok: true, ref: named }
    try {
      return await ownImage(deps, log, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!isTiltError(error)) throw error
      return without(error.message)
    }
  }
}

async function ownImage(deps: HelperImageDeps, log: (text: string) => void, signal: AbortSignal): Promise<HelperImage> {
  const { docker, helper, pushes } = deps
  const target = deps.target()
  if (target === undefined) return without('no cluster is known to put it to')
  const { registry, sharesDockerImages, connection } = target
  const hasWay = registry !== undefined || sharesDockerImages || loadCommand(connection, '') !== undefined
  if (!hasWay) return without('the cluster has no registry that is known here (defaultRegistry names one)')
  const arch = deps.arch() ?? (await docker.info(signal)).arch
  const file = helper.file(arch)
  if (file === undefined) return without(`there is no container helper for ${arch} processors`)
  const names = registryRef('tiltts-helper', sharesDockerImages ? undefined : registry)
  const image = taggedRefs(names, `${arch}-${helper.checksum(arch).slice(0, 16)}`)
  const isThere = registry !== undefined && !sharesDockerImages && (await docker.registryDigest(image.local, signal))
  if (isThere) return { ok: true, ref: image.cluster }

  const built = await docker.build(
    helperBuild(file, {
      name: 'tiltts-helper',
      dockerfile: `FROM scratch\nCOPY helper ${helper.containerPath}\n`,
      platform: `linux/${arch}`,
      tags: [image.local],
    }),
    () => {},
    signal,
  )
  if (!built.ok) return without(built.failure.message)
  const step = () => () => {}
  const pushed = await pushes.pushAs(
    { image: { ...image, push: true }, imageId: built.imageId, target, log, step },
    signal,
  )
  return pushed.ok ? { ok: true, ref: pushed.clusterRef } : without(pushed.error)
}

function without(reason: string): HelperImage {
  const what = `set ${helperImageVariable} to one that the cluster can pull`
  return { ok: false, reason: `an image with it cannot be made for a container beside it: ${reason}; ${what}` }
}
