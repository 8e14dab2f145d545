import { type BaseInput, imageMatches, parseImageRef, readDockerfile } from '@tiltts/core/images'
import type { DockerImageNode } from '@tiltts/spec'
import type { Docker } from '../../ports/docker.js'
import type { BaseImage } from './image-job.js'

/** The images that a Dockerfile names: those that are built here, by what is to be written for them, and all by id. */
export interface NamedBases {
  /** From the reference in the Dockerfile to the one that takes its place. */
  readonly replacements: ReadonlyMap<string, string>
  readonly inputs: readonly BaseInput[]
  /** Whether it is known of each what the build will find. */
  readonly known: boolean
}

/**
 * Looks up what each image that a Dockerfile names is at the moment: here, or in its registry where the build pulls it.
 *
 * @param registryDigest see `RegistryDigests`
 */
export async function namedBases(
  docker: Pick<Docker, 'inspectImage'>,
  {
    node,
    bases,
    platform,
  }: {
    readonly node: DockerImageNode
    readonly bases: readonly BaseImage[]
    readonly platform: string | undefined
  },
  registryDigest: (ref: string) => Promise<string | undefined>,
): Promise<NamedBases> {
  const { images } = readDockerfile(node.dockerfile.contents, { buildArgs: node.buildArgs, platform })
  const replacements = new Map<string, string>()
  let known = true
  const outside = async (ref: string): Promise<string> => {
    if (!node.pull) return (await docker.inspectImage(ref))?.id ?? 'not here'
    const digest = await registryDigest(ref)
    known &&= digest !== undefined
    return digest ?? 'not told'
  }
  const inputs = await Promise.all(
    [...new Set(images.map(({ ref }) => ref))].map(async (ref) => {
      const base = bases.find(({ spec }) => isSame(spec.node.ref, ref))
      if (base === undefined) return { ref, id: await outside(ref) }
      replacements.set(ref, base.result.ref)
      return { ref, id: base.result.imageId ?? base.result.ref }
    }),
  )
  return { replacements, inputs, known }
}

function isSame(declared: string, used: string): boolean {
  const [a, b] = [parseImageRef(declared), parseImageRef(used)]
  return a !== undefined && b !== undefined && imageMatches(a, b, false)
}
