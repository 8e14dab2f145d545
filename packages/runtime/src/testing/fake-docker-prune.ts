import type { PruneRequest, PruneSummary } from '../ports/docker.js'
import type { FakeLayer } from './fake-docker-build.js'
import type { FakeContainerRow } from './fake-docker-containers.js'
import type { FakeImage, FakeImages } from './fake-docker-images.js'
import type { FakeTree } from './fake-docker-tree.js'

export interface FakePruneParts {
  readonly rows: ReadonlyMap<string, FakeContainerRow>
  readonly images: FakeImages
  readonly cache: Map<string, FakeLayer>
  readonly removeContainer: (id: string) => void
  readonly removeImage: (id: string) => void
}

const mark = 'dev.tilt.gc'

/** Removes what was built by this tool, is old and is not in use. */
export function fakePrune(parts: FakePruneParts, request: PruneRequest): PruneSummary {
  const { images } = parts
  const oldest = request.now - request.maxAgeMs
  const containers = [...parts.rows.values()]
    .filter((row) => row.labels[mark] === 'true' && !row.running() && row.info().createdAt < oldest)
    .map(({ id }) => id)
  for (const id of containers) parts.removeContainer(id)

  const used = new Set([...parts.rows.values()].map(({ imageId }) => imageId))
  const repositoriesOf = (image: FakeImage): readonly string[] => [
    ...new Set(images.tagsOf(image.id).map((tag) => tag.slice(0, tag.lastIndexOf(':')))),
  ]
  const ours = images
    .all()
    .filter((image) => image.config.labels[mark] === 'true')
    .sort((a, b) => images.taggedAt(b.id) - images.taggedAt(a.id))
  const recent = new Set(
    request.repositories.flatMap((repository) =>
      ours.filter((image) => repositoriesOf(image).includes(repository)).slice(0, request.keepRecent),
    ),
  )
  const old = ours.filter((image) => {
    const repositories = repositoriesOf(image)
    const belongs = repositories.some((name) => request.repositories.includes(name))
    return belongs && !recent.has(image) && !used.has(image.id) && images.taggedAt(image.id) <= oldest
  })
  const bytes = old.reduce((sum, image) => sum + sizeOf(image.tree), 0)
  for (const { id } of old) parts.removeImage(id)

  const stale = [...parts.cache.values()].filter(({ madeAt }) => madeAt < oldest)
  for (const { key } of stale) parts.cache.delete(key)
  return { containers, images: old.map(({ id }) => id), buildCaches: stale.length, bytes }
}

function sizeOf(tree: FakeTree): number {
  return tree.paths().reduce((sum, path) => sum + (tree.get(path)?.text.length ?? 0), 0)
}
