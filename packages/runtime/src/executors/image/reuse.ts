import { type ImageResult, toApiTime } from '@tiltts/spec'
import type { ImageDeps, ImageJob } from './image-job.js'

/** The result of an earlier build from exactly the same, if its image is still there. */
export async function reusable(
  { docker, records, clock }: Pick<ImageDeps, 'docker' | 'records' | 'clock'>,
  { name, force, useRecords }: Pick<ImageJob, 'name' | 'force' | 'useRecords'>,
  fingerprint: string,
): Promise<ImageResult | undefined> {
  if (force) return undefined
  const record = useRecords ? await records.get(name) : records.known(name)
  if (record?.fingerprint !== fingerprint) return undefined
  const { imageId, ref } = record
  if (imageId !== undefined) {
    const image = await docker.inspectImage(imageId)
    if (image === undefined) return undefined
    if (!image.tags.includes(ref)) await docker.tag(imageId, ref)
  }
  return { fingerprint, ref, buildStartTime: toApiTime(clock.now()), reused: true, ...(imageId && { imageId }) }
}
