import { type BaseInput, imageMatches, parseImageRef, readDockerfile } from '@tiltts/core/images'
import type { DockerImageNode } from '@tiltts/spec'
import type { Docker } from '../../ports/docker.js'
import type { BaseImage } from './image-job.js'

/** The images that a Dockerfile names: those that are built here, by what is to be written for them, and all by id. */
export interface NamedBases {
  /** From the reference in the Dockerfile to the one that takes its place. */
  readonly replacements: ReadonlyMap<string, string>
  readonly inputs: readonly BaseInput[]
}

/** Looks up what each image that a Dockerfile names is at the moment. */
export async function namedBases(
  docker: Pick<Docker, 'inspectImage'>,
  node: DockerImageNode,
  bases: readonly BaseImage[],
  platform: string | undefined,
): Promise<NamedBases> {
  const { images } = readDockerfile(node.dockerfile.contents, { buildArgs: node.buildArgs, platform })
  const replacements = new Map<string, string>()
  const inputs = await Promise.all(
    [...new Set(images.map(({ ref }) => ref))].map(async (ref) => {
      const base = bases.find(({ spec }) => isSame(spec.node.ref, ref))
      if (base === undefined) return { ref, id: (await docker.inspectImage(ref))?.id ?? 'not here' }
      replacements.set(ref, base.result.ref)
      return { ref, id: base.result.imageId ?? base.result.ref }
    }),
  )
  return { replacements, inputs }
}

function isSame(declared: string, used: string): boolean {
  const [a, b] = [parseImageRef(declared), parseImageRef(used)]
  return a !== undefined && b !== undefined && imageMatches(a, b, false)
}
