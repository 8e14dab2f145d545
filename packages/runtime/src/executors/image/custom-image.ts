import { contentTag, fingerprintText, parseImageRef, registryRef, taggedRefs } from '@tiltts/core/images'
import { compileIgnore } from '@tiltts/core/paths'
import { type CustomImageNode, type ImageResult, type RegistrySpec, toApiTime } from '@tiltts/spec'
import { baselineOf } from './baseline.js'
import { digest } from './digest.js'
import { addHelper, helperInput } from './helper-layer.js'
import type { ImageDeps, ImageEnd, ImageJob } from './image-job.js'
import type { ImageRecord } from './image-record.js'
import { canBeHad } from './pulled-image.js'
import { reusable } from './reuse.js'
import { expectedRef, runBuildCommand } from './run-build-command.js'
import { unchangedEntries } from './unchanged-entries.js'

type CustomJob = ImageJob & { readonly node: CustomImageNode }

/** Brings an image that a command builds up to date. The command runs only when something it is made of has changed. */
export async function customImage(deps: ImageDeps, job: CustomJob, signal: AbortSignal): Promise<ImageEnd> {
  const { files, clock, docker, records } = deps
  const { node, spec, bases } = job
  const startedAt = clock.now()
  const ignore = compileIgnore(node.ignores)
  // What the command writes its reference to is made by it, not of it.
  const ignored = (path: string): boolean => path === node.outputsImageRefTo || ignore.ignored(path)
  const look = () => files.tree({ paths: node.deps, ignored, prunes: ignore.prunes, signal })
  const entries = await look()
  const baseline = baselineOf(spec, entries)
  if (node.command === undefined) {
    const ref = node.ref
    await records.set(job.name, { fingerprint: '', ref, files: baseline })
    return { ok: true, result: { ref, fingerprint: '', buildStartTime: toApiTime(startedAt), reused: true } }
  }
  const { arch } = spec.helper ? await docker.info(signal) : { arch: '' }
  const fingerprint = digest(
    fingerprintText({
      build: 'custom',
      ref: node.ref,
      command: node.command,
      dir: node.dir,
      env: node.env,
      files: entries,
      bases: bases.map(({ spec: base, result }) => ({ ref: base.node.ref, id: result.imageId ?? result.ref })),
      tag: node.tag,
      skipsLocalDocker: node.skipsLocalDocker,
      disablePush: node.disablePush,
      outputsImageRefTo: node.outputsImageRefTo,
      helper: helperInput(deps, spec, arch),
      registry: namesRegistry(node) ? withoutPlace(job.cluster?.registry) : undefined,
    }),
  )
  const reused = await reusable(deps, job, { fingerprint, lookedAt: startedAt })
  const record = records.known(job.name)
  if (reused !== undefined && record !== undefined && (await isWhereItRuns(deps, job, record, signal))) {
    await records.set(job.name, { ...record, files: baseline })
    return { ok: true, result: reused }
  }
  const expected = expectedRef(node, startedAt, job.cluster?.registry)
  const ended = await runBuildCommand(deps, { ...job, command: node.command }, expected, signal)
  if (!ended.ok) return ended
  const made = await madeImage(deps, node, ended.ref)
  if (!made.ok) return made
  let { ref, imageId } = made
  if (spec.helper && imageId !== undefined) {
    const added = await addHelper(deps, job, imageId, arch, signal)
    if (typeof added !== 'string') return added
    imageId = added
    ref = localRef(node, imageId)
  }
  const result: ImageResult = {
    ref,
    fingerprint,
    buildStartTime: toApiTime(startedAt),
    reused: false,
    ...(imageId !== undefined && { imageId }),
  }
  if (imageId !== undefined) await docker.tag(imageId, ref)
  // Of files that are others now nobody knows which state went in: nothing is taken for equal to this.
  const { sure, all } = unchangedEntries(entries, await look())
  await records.set(job.name, { fingerprint: all ? fingerprint : '', ref, files: baselineOf(spec, sure), imageId })
  return { ok: true, result }
}

/** The engine has to fetch what went straight to a registry, to run it; a cluster, and who builds upon it, do that by themselves. */
async function isWhereItRuns(
  { docker }: ImageDeps,
  { node, spec, cluster }: CustomJob,
  record: ImageRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const isFetched = node.skipsLocalDocker && cluster === undefined && spec.deployedBy.length > 0
  return !isFetched || canBeHad(docker, record, signal)
}

/** Whether it is the command's own reference that is run, so that another registry is another image. */
function namesRegistry({ skipsLocalDocker, outputsImageRefTo }: CustomImageNode): boolean {
  return skipsLocalDocker || outputsImageRefTo !== undefined
}

function withoutPlace(registry: RegistrySpec | undefined): Omit<RegistrySpec, 'place'> | undefined {
  if (registry === undefined) return undefined
  const { host, hostFromCluster, singleName } = registry
  return { host, hostFromCluster, singleName }
}

/** Looks for what the command has made, and names it by its content where it is in local Docker. */
async function madeImage(
  { docker }: Pick<ImageDeps, 'docker'>,
  node: CustomImageNode,
  ref: string,
): Promise<{ ok: true; ref: string; imageId?: string | undefined } | Extract<ImageEnd, { ok: false }>> {
  if (parseImageRef(ref)?.tag === undefined && parseImageRef(ref)?.digest === undefined)
    return { ok: false, error: `the command named '${ref}', which is no image with a tag` }
  if (node.skipsLocalDocker) return { ok: true, ref }
  const image = await docker.inspectImage(ref)
  if (image === undefined) {
    const hint =
      'Have the command tag its image as $EXPECTED_REF, or set skipsLocalDocker when it goes straight to a registry'
    return { ok: false, error: `the command succeeded, but ${ref} is not in local Docker. ${hint}` }
  }
  if (node.outputsImageRefTo !== undefined) return { ok: true, ref, imageId: image.id }
  return { ok: true, ref: localRef(node, image.id), imageId: image.id }
}

/** Its name by its content. */
function localRef({ ref }: CustomImageNode, imageId: string): string {
  return taggedRefs(registryRef(ref, undefined), contentTag(imageId)).local
}
