import type { ImageResult } from '@tiltts/spec'
import type { Docker } from '../../ports/docker.js'
import type { ImageRecord, ImageRecords } from './image-record.js'

export interface PullDeps {
  readonly docker: Pick<Docker, 'inspectImage' | 'pull'>
  readonly images: ImageRecords
}

/**
 * Brings an image that its command has put straight into a registry here, unless what was fetched after that very build is
 * here still.
 *
 * @returns its id
 */
export async function pulledImage(
  { docker, images }: PullDeps,
  { name, result }: { readonly name: string; readonly result: ImageResult },
  log: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const { ref, fingerprint } = result
  const record = images.known(name)
  const isItsRecord = record?.ref === ref && record.fingerprint === fingerprint
  const before = isItsRecord ? record.pulled?.imageId : undefined
  if (before !== undefined && (await docker.inspectImage(before)) !== undefined) return before
  log(`Pulling ${ref}\n`)
  const imageId = await docker.pull(ref, (line) => log(`${line}\n`), signal)
  const image = await docker.inspectImage(imageId)
  const digests = (image?.digests ?? []).flatMap((digest) => digest.split('@')[1] ?? [])
  if (isItsRecord) await images.set(name, { ...record, pulled: { imageId, digests } })
  return imageId
}

/** Whether the image of a record can be had as it was: the engine still has it, or its registry has nothing else under its name. */
export async function canBeHad(
  docker: Pick<Docker, 'inspectImage' | 'registryDigest'>,
  { ref, pulled }: ImageRecord,
  signal: AbortSignal,
): Promise<boolean> {
  if (pulled === undefined) return false
  if ((await docker.inspectImage(pulled.imageId)) !== undefined) return true
  const digest = await docker.registryDigest(ref, signal)
  return digest !== undefined && pulled.digests.includes(digest)
}
