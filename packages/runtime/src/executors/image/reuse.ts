import { type ImageResult, type Millis, toApiTime } from '@tiltts/spec'
import type { ImageDeps, ImageJob } from './image-job.js'

/**
 * The result of an earlier build from exactly the same, if its image is still there.
 *
 * @param lookedAt when the files were looked at: later changes are not in it
 */
export async function reusable(
  { docker, records }: Pick<ImageDeps, 'docker' | 'records'>,
  { name, force, useRecords }: Pick<ImageJob, 'name' | 'force' | 'useRecords'>,
  { fingerprint, lookedAt }: { readonly fingerprint: string; readonly lookedAt: Millis },
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
  return { fingerprint, ref, buildStartTime: toApiTime(lookedAt), reused: true, ...(imageId && { imageId }) }
}

/** Whether an earlier build may be reused at all, whatever the files hold. */
export async function isRemembered(
  { records }: Pick<ImageDeps, 'records'>,
  { name, force, useRecords }: Pick<ImageJob, 'name' | 'force' | 'useRecords'>,
): Promise<boolean> {
  if (force) return false
  return (useRecords ? await records.get(name) : records.known(name)) !== undefined
}
