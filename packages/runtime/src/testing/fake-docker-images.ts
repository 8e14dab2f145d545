import type { ImageInfo } from '../ports/docker.js'
import { type FakeTree, fakeTree, fileEntry, sha256 } from './fake-docker-tree.js'
import type { FakeImageOptions } from './fake-docker-types.js'

export interface FakeImageConfig {
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly user: string
  readonly labels: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  readonly workdir: string
}

export interface FakeImage {
  readonly id: string
  readonly config: FakeImageConfig
  readonly platform: string
  readonly createdAt: number
  readonly tree: FakeTree
}

/** The images of an engine and their tags. */
export interface FakeImages {
  /** By id, with or without `sha256:` and also cut short, or by name and tag. */
  find(ref: string): FakeImage | undefined
  /** The same content is the same image. */
  add(image: Omit<FakeImage, 'createdAt'>): FakeImage
  tag(id: string, ref: string): void
  /** It came from a registry under this reference. */
  fetched(id: string, ref: string): void
  /** A tag; the image itself with its last one, or when an id is given. */
  remove(ref: string): void
  info(image: FakeImage): ImageInfo
  all(): readonly FakeImage[]
  /** As the user writes them: `shop/api:1`. */
  tagsOf(id: string): readonly string[]
  /** When an image got a tag the last time. */
  taggedAt(id: string): number
}

const emptyConfig: FakeImageConfig = { entrypoint: [], cmd: [], user: '', labels: {}, env: {}, workdir: '/' }

export const scratch: FakeImage = {
  id: 'scratch',
  config: emptyConfig,
  platform: '',
  createdAt: 0,
  tree: fakeTree(),
}

export function fakeImages(now: () => number): FakeImages {
  const images = new Map<string, FakeImage>()
  const tags = new Map<string, string>()
  const tagged = new Map<string, number>()
  const digests = new Map<string, ReadonlySet<string>>()

  const find = (ref: string): FakeImage | undefined => {
    const byTag = images.get(tags.get(familiar(ref)) ?? '')
    if (byTag) return byTag
    const hex = ref.replace(/^sha256:/, '')
    if (!/^[0-9a-f]{7,64}$/.test(hex)) return undefined
    return [...images.values()].find(({ id }) => id.startsWith(`sha256:${hex}`))
  }
  const tagsOf = (id: string): string[] => [...tags].flatMap(([tag, of]) => (of === id ? [tag] : []))

  return {
    find,
    tagsOf,
    taggedAt: (id) => tagged.get(id) ?? images.get(id)?.createdAt ?? 0,
    all: () => [...images.values()],
    add(image) {
      const found = images.get(image.id)
      if (found) return found
      const made = { ...image, createdAt: now() }
      images.set(made.id, made)
      return made
    },
    tag(id, ref) {
      tags.set(familiar(ref), id)
      tagged.set(id, now())
    },
    fetched(id, ref) {
      const repository = ref.replace(/:[^/:]+$/, '')
      digests.set(id, new Set(digests.get(id)).add(`${repository}@${id}`))
    },
    remove(ref) {
      const image = find(ref)
      if (image === undefined) throw new Error(`No such image: ${ref}`)
      const byTag = tags.has(familiar(ref))
      for (const tag of byTag ? [familiar(ref)] : tagsOf(image.id)) tags.delete(tag)
      if (tagsOf(image.id).length === 0) images.delete(image.id)
    },
    info: ({ id, config, platform, createdAt }) => ({
      id,
      tags: tagsOf(id),
      digests: [...(digests.get(id) ?? [])],
      labels: config.labels,
      entrypoint: config.entrypoint,
      cmd: config.cmd,
      user: config.user,
      platform,
      createdAt,
    }),
  }
}

/** An image made from what is said of it. */
export function imageOf(options: FakeImageOptions, platform: string): Omit<FakeImage, 'createdAt'> {
  const tree = fakeTree()
  for (const [path, text] of Object.entries(options.files ?? {})) tree.put(path, fileEntry(text))
  const config: FakeImageConfig = {
    ...emptyConfig,
    entrypoint: options.entrypoint ?? [],
    cmd: options.cmd ?? [],
    user: options.user ?? '',
    labels: options.labels ?? {},
  }
  return {
    id: imageId(tree, config, options.platform ?? platform),
    config,
    platform: options.platform ?? platform,
    tree,
  }
}

/** Made of all that is in the image. */
export function imageId(tree: FakeTree, config: FakeImageConfig, platform: string): string {
  const files = tree.paths().map((path) => {
    const entry = tree.get(path)
    return [path, entry?.kind, entry?.mode, entry?.hash]
  })
  const labels = Object.entries(config.labels).sort()
  const env = Object.entries(config.env).sort()
  return `sha256:${sha256(JSON.stringify([files, { ...config, labels, env }, platform]))}`
}

/** As people write it, with its tag: `docker.io/library/node` is `node:latest`. */
export function familiar(ref: string): string {
  const short = ref.replace(/^docker\.io\//, '').replace(/^library\//, '')
  if (short.includes('@')) return short
  return /:[^/]+$/.test(short) ? short : `${short}:latest`
}
