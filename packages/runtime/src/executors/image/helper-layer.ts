import { contentTag, type HelperInput, parseImageRef, registryRef, taggedRefs } from '@tiltts/core/images'
import type { ImageSpec } from '@tiltts/spec'
import { helperBuild } from './helper-build.js'
import type { ImageDeps, ImageEnd, ImageJob } from './image-job.js'

/** What the container helper adds to what an image is made of. */
export function helperInput(
  { helper }: Pick<ImageDeps, 'helper'>,
  spec: ImageSpec,
  arch: string,
): HelperInput | undefined {
  if (!spec.helper) return undefined
  const { entrypoint, onExit } = spec.node.liveUpdate?.restart ?? {}
  return { checksum: helper.checksum(arch), entrypoint, onExit }
}

/** The processor that an image is for, as Go names it. @param platform `os/arch`; `undefined`: that of the engine */
export function archOf(platform: string | undefined, engine: string): string {
  return platform?.split('/')[1] ?? engine
}

/**
 * Puts the helper into an image as its last layer, in front of the image's own ENTRYPOINT and CMD. In a cluster an image may
 * have neither: then its containers name the command.
 *
 * @param engine the processor of the engine, as Go names it
 * @returns the id of the new image, or why there is none
 */
export async function addHelper(
  { docker, helper }: ImageDeps,
  job: ImageJob,
  imageId: string,
  engine: string,
  signal: AbortSignal,
): Promise<string | Extract<ImageEnd, { ok: false }>> {
  const image = await docker.inspectImage(imageId)
  const arch = archOf(image?.platform, engine)
  const file = helper.file(arch)
  if (file === undefined) return { ok: false, error: `there is no container helper for ${arch} processors` }
  const { entrypoint: own, onExit = 'end' } = job.spec.node.liveUpdate?.restart ?? {}
  const entrypoint = own ?? image?.entrypoint ?? []
  const cmd = own === undefined ? (image?.cmd ?? []) : []
  const isEmpty = entrypoint.length + cmd.length === 0
  if (image === undefined || (isEmpty && job.cluster === undefined))
    return {
      ok: false,
      error: 'the image has neither ENTRYPOINT nor CMD: say what runs with restartProcess({ entrypoint })',
    }
  // Builders find images by a name with a tag only.
  const { local: base } = taggedRefs(registryRef(job.spec.node.ref, undefined), contentTag(imageId))
  await docker.tag(imageId, base)
  const dockerfile = [
    `FROM ${base}`,
    `COPY helper ${helper.containerPath}`,
    ...(isEmpty ? [] : [`ENTRYPOINT ${JSON.stringify(helper.wrap(entrypoint, { onExit }))}`]),
    // Setting ENTRYPOINT drops the CMD of the image below.
    ...(cmd.length > 0 ? [`CMD ${JSON.stringify(cmd)}`] : []),
    '',
  ].join('\n')
  const outcome = await docker.build(
    helperBuild(file, {
      name: `${parseImageRef(job.spec.node.ref)?.name ?? job.name}-helper`,
      dockerfile,
      platform: image.platform,
      tags: [],
    }),
    () => {},
    signal,
  )
  return outcome.ok ? outcome.imageId : { ok: false, error: outcome.failure.message }
}
