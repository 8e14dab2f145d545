import { readDockerfile } from '@tiltts/core/images'
import { compileIgnore } from '@tiltts/core/paths'
import type { ComposeBuild, ComposeResourceSpec, ImageResult, Millis } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Compose } from '../../ports/compose.js'
import type { Docker } from '../../ports/docker.js'
import type { Files, TreeEntry } from '../../ports/files.js'
import { digest } from '../image/digest.js'
import type { ImageRecords } from '../image/image-record.js'
import { unchangedEntries } from '../image/unchanged-entries.js'

export interface ComposeBuildDeps {
  readonly compose: Compose
  readonly docker: Docker
  readonly files: Pick<Files, 'tree' | 'readText'>
  readonly images: ImageRecords
  readonly clock: Pick<Clock, 'now'>
  /** Whether what earlier sessions have built counts. */
  readonly useRecords: boolean
}

interface Request {
  readonly resource: string
  readonly spec: ComposeResourceSpec
  readonly results: ReadonlyMap<string, ImageResult>
  readonly force: boolean
  readonly log: (text: string, level?: 'info' | 'warn' | 'error') => void
}

/** Has compose build the image of a service, unless nothing that it is made of has changed. */
export async function builtByCompose(
  deps: ComposeBuildDeps,
  { resource, spec, force, log }: Request,
  signal: AbortSignal,
): Promise<{ ok: true; id: string | undefined } | { ok: false; error: string; exitCode?: number | undefined }> {
  const { service, project } = spec.compose
  const startedAt = deps.clock.now()
  const fingerprint = await fingerprintOf(deps, spec, startedAt, signal)
  const key = `compose:${resource}`
  const record = deps.useRecords ? await deps.images.get(key) : deps.images.known(key)
  const present = await deps.docker.inspectImage(service.image)
  if (!force && fingerprint !== undefined && record?.fingerprint === fingerprint.text && present?.id === record.imageId)
    return { ok: true, id: present?.id }
  const end = await deps.compose.build({ project, services: [service.name], onOutput: (text) => log(text) }, signal)
  if (end.exitCode !== 0)
    return { ok: false, error: `compose build: ${end.error ?? `exit code ${end.exitCode}`}`, exitCode: end.exitCode }
  const id = (await deps.docker.inspectImage(service.image))?.id
  const after = await fingerprintOf(deps, spec, startedAt, signal)
  if (fingerprint !== undefined && after !== undefined && id !== undefined) {
    // Of files that changed meanwhile nobody knows which state went in: nothing is taken for equal to this.
    const { all } = unchangedEntries(fingerprint.entries, after.entries)
    const isSure = all && after.text === fingerprint.text
    await deps.images.set(key, { fingerprint: isSure ? after.text : '', imageId: id, ref: service.image, files: {} })
  }
  return { ok: true, id }
}

interface Fingerprint {
  readonly text: string
  readonly entries: readonly TreeEntry[]
}

/** `undefined`: what it is built from is not here, so nobody can tell. */
async function fingerprintOf(
  deps: ComposeBuildDeps,
  { compose }: ComposeResourceSpec,
  since: Millis,
  signal: AbortSignal,
): Promise<Fingerprint | undefined> {
  const { build, definitionHash } = compose.service
  if (build === undefined || build.takesMore === true || !build.context.startsWith('/')) return undefined
  const bases = await basesOf(deps, build)
  if (bases === undefined) return undefined
  const { builder, id } = await deps.docker.info(signal)
  const ignore = compileIgnore(build.ignores ?? [])
  const given = [...(build.dockerfile === undefined ? [] : [build.dockerfile]), ...(build.secretFiles ?? [])]
  const paths = [build.context, ...build.additionalContexts, ...given]
  const entries = await deps.files.tree({
    paths,
    ignored: (path) => !given.includes(path) && ignore.ignored(path),
    prunes: ignore.prunes,
    since,
    signal,
  })
  const known = JSON.stringify({ definitionHash, builder, id, bases })
  const text = digest(`${known}\n${entries.map(({ changed: _, ...entry }) => JSON.stringify(entry)).join('\n')}`)
  return { text, entries }
}

/** The images that its Dockerfile names, by id; `undefined`: it cannot be read, or it asks the environment. */
async function basesOf(
  { docker, files }: ComposeBuildDeps,
  { dockerfile, dockerfileText }: ComposeBuild,
): Promise<readonly (readonly [string, string])[] | undefined> {
  const text = dockerfile === undefined ? dockerfileText : await files.readText(dockerfile)
  if (text === undefined) return undefined
  const refs = [...new Set(readDockerfile(text).images.map(({ ref }) => ref))]
  return Promise.all(refs.map(async (ref) => [ref, (await docker.inspectImage(ref))?.id ?? 'not here'] as const))
}
