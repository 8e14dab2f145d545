import type { Json } from '@tiltts/spec'
import type { Records } from '../../ports/records.js'

/** What is remembered of the last good build of an image. */
export interface ImageRecord {
  readonly fingerprint: string
  /** Absent when the image is not in local Docker. */
  readonly imageId?: string | undefined
  readonly ref: string
  /** By absolute path the files that live updates follow, as they went into the build: see `heldAs`. */
  readonly files: Readonly<Record<string, string>>
  /** What the engine has fetched of it, where its command put it straight into a registry. */
  readonly pulled?: PulledImage | undefined
}

export interface PulledImage {
  readonly imageId: string
  /** By which registries call it. */
  readonly digests: readonly string[]
}

/** Records of images, of one project. What was read once is kept in memory. */
export interface ImageRecords {
  get(image: string): Promise<ImageRecord | undefined>
  set(image: string, record: ImageRecord): Promise<void>
  /** What is in memory: the build that this session made or found. */
  known(image: string): ImageRecord | undefined
}

export function imageRecords(records: Records, project: string): ImageRecords {
  const memory = new Map<string, ImageRecord>()
  const keyOf = (image: string): string => `image:${project}:${image}`
  return {
    async get(image) {
      const present = memory.get(image)
      if (present !== undefined) return present
      const record = asRecord(await records.get(keyOf(image)))
      if (record !== undefined) memory.set(image, record)
      return record
    },
    async set(image, record) {
      memory.set(image, record)
      await records.set(keyOf(image), { ...record, imageId: record.imageId ?? null, pulled: asJson(record.pulled) })
    },
    known: (image) => memory.get(image),
  }
}

function asRecord(value: Json | undefined): ImageRecord | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { fingerprint, imageId, ref, files, pulled } = value as { readonly [field: string]: Json | undefined }
  if (typeof fingerprint !== 'string' || typeof ref !== 'string') return undefined
  if (typeof files !== 'object' || files === null || Array.isArray(files)) return undefined
  return {
    fingerprint,
    ref,
    files: files as Readonly<Record<string, string>>,
    ...(typeof imageId === 'string' && { imageId }),
    ...asPulled(pulled),
  }
}

function asJson(pulled: PulledImage | undefined): Json {
  return pulled === undefined ? null : { imageId: pulled.imageId, digests: [...pulled.digests] }
}

function asPulled(value: Json | undefined): Pick<ImageRecord, 'pulled'> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  const { imageId, digests } = value as { readonly [field: string]: Json | undefined }
  if (typeof imageId !== 'string' || !Array.isArray(digests)) return {}
  return { pulled: { imageId, digests: digests.filter((digest): digest is string => typeof digest === 'string') } }
}
