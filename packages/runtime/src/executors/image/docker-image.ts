import { renderDiagnostics } from '@tiltts/core/errors'
import {
  type BaseInput,
  buildPlatform,
  contentTag,
  fingerprintText,
  parseImageRef,
  registryRef,
  replaceBaseImages,
  taggedRefs,
} from '@tiltts/core/images'
import { compileIgnore, ignoringPattern, relativeTo } from '@tiltts/core/paths'
import { type DockerImageNode, toApiTime } from '@tiltts/spec'
import type { DockerInfo } from '../../ports/docker.js'
import type { TreeEntry } from '../../ports/files.js'
import type { ImageBuildRequest } from '../../ports/image-build.js'
import { baselineOf } from './baseline.js'
import { buildProgress } from './build-progress.js'
import { builtLabels } from './built-labels.js'
import { digest } from './digest.js'
import { namedBases } from './external-bases.js'
import { addHelper, archOf, helperInput } from './helper-layer.js'
import type { ImageDeps, ImageEnd, ImageJob } from './image-job.js'
import { isRemembered, reusable } from './reuse.js'
import { secretDigests } from './secret-digests.js'
import { unchangedEntries } from './unchanged-entries.js'

/** Brings an image with a Dockerfile up to date. The builder is called only when something it is made of has changed. */
export async function dockerImage(
  deps: ImageDeps,
  job: ImageJob & { readonly node: DockerImageNode },
  signal: AbortSignal,
): Promise<ImageEnd> {
  const { docker, files, env, clock } = deps
  const { node, spec } = job
  const info = await docker.info(signal)
  const startedAt = clock.now()
  const request = await requestOf(deps, job, info, signal)
  const { context } = request
  const called = new AbortController()
  const look = (): Promise<readonly TreeEntry[]> =>
    files.tree({
      paths: [node.context],
      ignored: context.ignored,
      prunes: context.prunes,
      since: startedAt,
      signal: AbortSignal.any([signal, called.signal]),
    })
  const fingerprintOf = async (entries: readonly TreeEntry[]): Promise<string> =>
    digest(
      fingerprintText({
        build: 'docker',
        ref: node.ref,
        dockerfile: request.dockerfile,
        // Field by field: a rest of each of tens of thousands takes longer than all else here.
        context: entries.map(({ path, kind, mode, hash }) => ({
          path: relativeTo(path, node.context) ?? path,
          kind,
          mode,
          hash,
        })),
        bases: request.bases,
        buildArgs: request.buildArgs,
        target: node.target,
        platform: request.platform,
        network: node.network,
        pull: node.pull,
        extraHosts: node.extraHosts,
        extraTags: node.extraTags,
        labels: builtLabels,
        secrets: await secretDigests(files, node.secrets, env, signal),
        ssh: node.ssh,
        builder: { id: info.id, version: info.builder },
        helper: helperInput(deps, spec, archOf(request.platform, info.arch)),
        registry: undefined,
      }),
    )
  // Where nobody can tell what a registry has, a build that always pulls is asked for once a session.
  const reusing = { ...job, useRecords: job.useRecords && request.known }
  let seen: readonly TreeEntry[] | undefined
  if (await isRemembered(deps, reusing)) {
    seen = await look()
    const reused = await reusable(deps, reusing, { fingerprint: await fingerprintOf(seen), lookedAt: startedAt })
    if (reused !== undefined) {
      const record = deps.records.known(job.name)
      if (record !== undefined) await deps.records.set(job.name, { ...record, files: baselineOf(spec, seen) })
      return { ok: true, result: reused }
    }
  }
  // Where nothing can be reused, nobody waits until a large context is read.
  const seeing = seen === undefined ? look() : Promise.resolve(seen)
  seeing.catch(() => {})
  const progress = buildProgress(job)
  const outcome = await docker.build(request, progress.event, signal)
  progress.end()
  if (!outcome.ok) {
    called.abort()
    // A build that was called off is no failure of the image.
    if (signal.aborted) return { ok: false, error: outcome.failure.message }
    job.log(renderDiagnostics([outcome.failure], { colour: false, severity: false }), 'error')
    return { ok: false, error: outcome.failure.message }
  }
  const built = spec.helper ? await addHelper(deps, job, outcome.imageId, info.arch, signal) : outcome.imageId
  if (typeof built !== 'string') return built
  const { local } = taggedRefs(registryRef(node.ref, undefined), contentTag(built))
  await docker.tag(built, local)
  for (const tag of node.extraTags) await docker.tag(built, tag)
  const entries = await seeing
  const fingerprint = await fingerprintOf(entries)
  const { sure, all } = unchangedEntries(entries, await look())
  // Of files that changed meanwhile nobody knows which state went in: nothing is taken for equal to this.
  await deps.records.set(job.name, {
    fingerprint: all ? fingerprint : '',
    imageId: built,
    ref: local,
    files: baselineOf(spec, sure),
  })
  return {
    ok: true,
    result: { imageId: built, ref: local, fingerprint, buildStartTime: toApiTime(startedAt), reused: false },
  }
}

async function requestOf(
  { docker, env, registries }: ImageDeps,
  { node, bases, force, cluster }: ImageJob & { readonly node: DockerImageNode },
  info: DockerInfo,
  signal: AbortSignal,
): Promise<ImageBuildRequest & { readonly bases: readonly BaseInput[]; readonly known: boolean }> {
  const platform = buildPlatform({
    image: node.platform,
    environment: env['DOCKER_DEFAULT_PLATFORM'],
    arch: cluster?.arch ?? info.arch,
  })
  const named = await namedBases(docker, { node, bases, platform }, (ref) => registries.of(ref, force, signal))
  const ignore = compileIgnore(node.ignores)
  return {
    name: parseImageRef(node.ref)?.name ?? node.ref,
    context: { folder: node.context, ...ignore, leftOutBy: (path) => ignoringPattern(node.ignores, path) },
    dockerfile: replaceBaseImages(node.dockerfile.contents, node.buildArgs, named.replacements, platform),
    dockerfilePath: node.dockerfile.path,
    buildArgs: withEnvironment(node.buildArgs, env),
    target: node.target,
    platform,
    network: node.network,
    pull: node.pull,
    cacheFrom: node.cacheFrom,
    extraHosts: node.extraHosts,
    ssh: node.ssh,
    secrets: node.secrets,
    labels: builtLabels,
    tags: [],
    bases: named.inputs,
    known: named.known,
  }
}

/** An argument without a value is that of the environment; when that has none, either, it is left to the Dockerfile. */
function withEnvironment(
  args: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const filled: Record<string, string> = {}
  for (const [name, value] of Object.entries(args)) {
    const known = value === '' ? env[name] : value
    if (known !== undefined) filled[name] = known
  }
  return filled
}
