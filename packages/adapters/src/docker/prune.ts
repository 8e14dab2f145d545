import type { PruneRequest, PruneSummary } from '@tiltts/runtime/ports'
import type Dockerode from 'dockerode'
import { inAnyOrder } from './channel/in-any-order.js'
import { statusOf } from './connection/failure.js'
import { readAll } from './connection/wire.js'
import type { EngineConnection } from './connection.js'
import { orMissing } from './containers.js'
import { splitTag } from './images.js'

const MARK = 'dev.tilt.gc=true'
/** Removing gigabytes takes its time. */
const REMOVE_MS = 10 * 60_000

interface OldImage {
  readonly id: string
  readonly tags: readonly string[]
  readonly taggedAt: number
  readonly bytes: number
}

/**
 * Removes what this tool has made for these repositories and nobody needs: containers that have stopped, then images; and
 * what no build has used for so long. Stopped containers of other projects may be wanted by those.
 */
export async function prune(
  connection: EngineConnection,
  request: PruneRequest,
  signal: AbortSignal,
): Promise<PruneSummary> {
  const containers = await pruneContainers(connection, request, signal)
  const images: string[] = []
  let bytes = 0
  for (const image of await oldImages(connection, request, signal)) {
    if (!(await removeImage(connection, image, request, signal))) continue
    images.push(image.id)
    bytes += image.bytes
  }
  const caches = await pruneBuildCache(connection, request.maxAgeMs, signal)
  return { containers, images, buildCaches: caches.count, bytes: bytes + caches.bytes }
}

async function pruneContainers(
  connection: EngineConnection,
  { repositories, maxAgeMs, now }: PruneRequest,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const filters = { label: [MARK], status: ['created', 'exited', 'dead'] }
  const listed = await connection.call((docker) => docker.listContainers({ all: true, filters }), { signal })
  const removed: string[] = []
  for (const { Id } of listed.filter(({ Created }) => Created * 1000 < now - maxAgeMs)) {
    const done = await orMissing(async () => {
      const { Config } = await connection.call((docker) => docker.getContainer(Id).inspect(), { signal })
      if (!repositories.includes(repositoryOf(Config.Image))) return false
      await connection.call((docker) => docker.getContainer(Id).remove(), { signal, timeoutMs: REMOVE_MS })
      return true
    }).catch(orInUse)
    if (done) removed.push(Id)
  }
  return removed
}

/** Started since it was looked at. */
function orInUse(error: unknown): boolean {
  if (statusOf(error) === 409) return false
  throw error
}

/** Images of the config that are old, not among the newest of their repository, and not in use; oldest first. */
async function oldImages(
  connection: EngineConnection,
  { repositories, keepRecent, maxAgeMs, now }: PruneRequest,
  signal: AbortSignal,
): Promise<readonly OldImage[]> {
  const [listed, containers] = await Promise.all([
    connection.call((docker) => docker.listImages({ filters: { label: [MARK] } }), { signal }),
    connection.call((docker) => docker.listContainers({ all: true }), { signal }),
  ])
  const used = new Set(containers.map(({ ImageID }) => ImageID))
  const ours = await withTimes(
    connection,
    listed.filter((image) => repositoriesOf(image.RepoTags ?? []).some((name) => repositories.includes(name))),
    signal,
  )
  ours.sort((a, b) => b.taggedAt - a.taggedAt)
  const kept = new Set(
    repositories.flatMap((name) => ours.filter(({ tags }) => repositoriesOf(tags).includes(name)).slice(0, keepRecent)),
  )
  return ours.filter((image) => !kept.has(image) && !used.has(image.id) && image.taggedAt <= now - maxAgeMs).reverse()
}

async function withTimes(
  connection: EngineConnection,
  listed: readonly Dockerode.ImageInfo[],
  signal: AbortSignal,
): Promise<OldImage[]> {
  const found: OldImage[] = []
  await inAnyOrder(listed, async ({ Id, RepoTags, Size }) => {
    const image = await orMissing(() => connection.call((docker) => docker.getImage(Id).inspect(), { signal }))
    if (!image) return
    // Some builders give images the time of their sources: only the tag tells when one was built.
    const metadata: unknown = 'Metadata' in image ? image.Metadata : undefined
    const tagged =
      typeof metadata === 'object' && metadata !== null && 'LastTagTime' in metadata ? metadata.LastTagTime : ''
    const time = Date.parse(String(tagged))
    const taggedAt = time > 0 ? time : Date.parse(image.Created)
    found.push({ id: Id, tags: RepoTags ?? [], taggedAt, bytes: Size })
  })
  return found
}

/**
 * Without force: what is in use, or has a tag that is not ours, stays. Our tags go one after another, and with the last the
 * image.
 */
async function removeImage(
  connection: EngineConnection,
  { id, tags }: OldImage,
  { repositories }: PruneRequest,
  signal: AbortSignal,
): Promise<boolean> {
  const isOurs = (tag: string): boolean => repositories.includes(repositoryOf(tag))
  let deleted = false
  for (const tag of tags.filter(isOurs)) {
    const done = await orMissing(async () => {
      const limits = { signal, timeoutMs: REMOVE_MS }
      const steps: unknown = await connection.call((docker) => docker.getImage(tag).remove({ force: false }), limits)
      return (steps as readonly { Deleted?: string }[]).some(({ Deleted }) => Deleted === id)
    }).catch(orInUse)
    deleted ||= done === true
  }
  return deleted
}

function repositoriesOf(tags: readonly string[]): readonly string[] {
  return tags.map(repositoryOf)
}

/** Podman writes local images with `localhost/`, and those of Docker Hub in full. */
function repositoryOf(tag: string): string {
  return splitTag(tag).repository.replace(/^(localhost|docker\.io(\/library)?)\//, '')
}

async function pruneBuildCache(
  connection: EngineConnection,
  ageMs: number,
  signal: AbortSignal,
): Promise<{ readonly count: number; readonly bytes: number }> {
  // Podman has no builder that keeps caches of its own.
  if (connection.engine.flavour === 'podman') return { count: 0, bytes: 0 }
  const filters = encodeURIComponent(JSON.stringify({ until: [`${Math.round(ageMs)}ms`] }))
  const response = await connection.request({ method: 'POST', path: `/build/prune?filters=${filters}`, signal })
  const answer = JSON.parse(await readAll(response)) as { CachesDeleted?: readonly string[]; SpaceReclaimed?: number }
  return { count: answer.CachesDeleted?.length ?? 0, bytes: answer.SpaceReclaimed ?? 0 }
}
