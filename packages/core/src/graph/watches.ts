import type { FileWatchSpec, IgnoreRule, ResourceSpec } from '@tiltts/spec'
import { isWithin } from '../paths/posix.js'
import { disableSource } from './cmd-specs.js'
import { ignorePath } from './ignore-path.js'
import { composeInputs } from './link-service.js'
import type { LinkedGraph, LinkedImage, LinkedResource } from './types.js'

/** A FileWatch of a graph. */
export interface Watch {
  readonly name: string
  readonly spec: FileWatchSpec
  /** Resources that its changes concern. */
  readonly resources: readonly string[]
}

/** All that is watched: the files of each resource, and those of each image, once for all that run it. */
export function watchesOf(linked: LinkedGraph): readonly Watch[] {
  const everywhere = [...linked.watchIgnores, ...linked.images.flatMap(ignoreWrittenRef)]
  const users = usersOfImages(linked.resources)
  return [
    ...linked.resources.flatMap((resource) => resourceWatch(resource, everywhere)),
    ...linked.images.flatMap((image) => imageWatch(image, users.get(image.name) ?? [], everywhere)),
  ]
}

/** The file that a command writes its reference to would have it run again and again. */
function ignoreWrittenRef({ spec: { node } }: LinkedImage): readonly IgnoreRule[] {
  if (node.build === 'docker' || node.outputsImageRefTo === undefined) return []
  return [ignorePath(node.outputsImageRefTo)]
}

/** Resources that run an image, or one that is built upon it. */
export function usersOfImages(resources: readonly LinkedResource[]): ReadonlyMap<string, readonly LinkedResource[]> {
  const users = new Map<string, LinkedResource[]>()
  for (const resource of resources) {
    for (const { name } of resource.spec.images) {
      const group = users.get(name)
      if (group === undefined) users.set(name, [resource])
      else group.push(resource)
    }
  }
  return users
}

function resourceWatch({ name, spec }: LinkedResource, everywhere: readonly IgnoreRule[]): readonly Watch[] {
  const { paths, ignores } = watchedBy(spec)
  if (paths.length === 0) return []
  const watch = { watchedPaths: paths, ignores: [...ignores, ...everywhere], disableSource: disableSource(name) }
  return [{ name, spec: watch, resources: [name] }]
}

interface Watched {
  readonly paths: readonly string[]
  readonly ignores: readonly IgnoreRule[]
}

function watchedBy(spec: ResourceSpec): Watched {
  if (spec.local !== undefined) return ofLocal(spec.local)
  if (spec.kubernetes === undefined) return ofCompose(spec)
  const { deps, ignores } = spec.kubernetes.custom ?? { deps: [], ignores: [] }
  return { paths: deps, ignores }
}

/** What a resource writes never triggers it. */
function ofLocal({ deps, ignores, outputs }: NonNullable<ResourceSpec['local']>): Watched {
  return { paths: deps, ignores: [...ignores, ...outputs.map(ignorePath)] }
}

/** The files that compose builds the image of a service from. */
function ofCompose({ compose }: ResourceSpec): Watched {
  const build = compose?.service.build
  if (compose?.imageBy !== 'compose' || build === undefined) return { paths: [], ignores: [] }
  const paths = composeInputs(compose)
  const git = paths.map((basePath) => ({ basePath, patterns: ['.git'] }))
  const mounts = relevant(compose.service.mounts, paths).map(ignorePath)
  return { paths, ignores: [...git, ...(build.ignores ?? []), ...mounts] }
}

function imageWatch(
  { spec: { node, watch, inputs } }: LinkedImage,
  users: readonly LinkedResource[],
  everywhere: readonly IgnoreRule[],
): readonly Watch[] {
  if (inputs.length === 0 || users.length === 0) return []
  // A change of the Dockerfile comes by way of the config, which has read it.
  const dockerfile = node.build === 'docker' && node.dockerfile.path !== undefined ? [node.dockerfile.path] : []
  const ignores = [...node.ignores, ...[...dockerfile, ...mountedByAll(users, inputs)].map(ignorePath), ...everywhere]
  const resources = users.map(({ name }) => name)
  return [{ name: watch, spec: { watchedPaths: inputs, ignores, disableSource: sharedSource(resources) }, resources }]
}

/** A watch that several resources need stops only when all of them are disabled. */
function sharedSource([first = '', ...others]: readonly string[]): NonNullable<FileWatchSpec['disableSource']> {
  if (others.length === 0) return disableSource(first)
  return { everyConfigMap: [first, ...others].flatMap((name) => disableSource(name).configMap ?? []) }
}

/** Paths that every service which uses an image sees as they are here, so that their changes need no build. */
function mountedByAll(users: readonly LinkedResource[], inputs: readonly string[]): readonly string[] {
  const mounts = users.map(({ spec }) => relevant(spec.compose?.service.mounts ?? [], inputs))
  const isMounted = (path: string): boolean => mounts.every((paths) => paths.some((mount) => isWithin(path, mount)))
  return [...new Set(mounts.flat())].filter(isMounted)
}

/** Mounts from outside of what is watched say nothing. */
function relevant(mounts: readonly string[], inputs: readonly string[]): readonly string[] {
  return mounts.filter((mount) => inputs.some((input) => isWithin(mount, input) || isWithin(input, mount)))
}
