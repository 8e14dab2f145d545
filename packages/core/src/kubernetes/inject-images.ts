import type { KubernetesManifest } from '@tiltts/spec'
import { type FoundImage, findImages, type ImagePaths } from './find-images.js'
import { containerPaths } from './pod-templates.js'
import { isRecord, listAt, type Path, recordAt, withValueAt } from './tree.js'

/** An image that was built here, and what the manifests are to call it. */
export interface Injection {
  /** Name of the Image object. */
  readonly name: string
  /** As it was declared. */
  readonly declared: string
  /** The references that mean it, as they stand in the manifests. See `ImageUse.refs`. */
  readonly refs: readonly string[]
  /** As the cluster's nodes pull it. */
  readonly clusterRef: string
  readonly matchInEnvVars: boolean
  /** In place of the command of its containers. */
  readonly entrypoint?: readonly string[] | undefined
  /** In place of their arguments. */
  readonly args?: readonly string[] | undefined
  /**
   * Puts the container helper before a command, so that the process can be started again. A container without one runs that
   * of the image; an init container is to end, and keeps its own.
   */
  readonly wrap?: ((argv: readonly string[]) => readonly string[]) | undefined
}

export interface Injected {
  readonly object: KubernetesManifest
  /** Names of the images that it now runs. */
  readonly images: readonly string[]
  /** Those of them whose command or arguments were put into a container. */
  readonly commands: readonly string[]
}

/**
 * Puts images that were built here into an object, wherever it names them. The object itself stays as it is; what was not
 * touched is shared.
 */
export function injectImages(object: KubernetesManifest, paths: ImagePaths, images: readonly Injection[]): Injected {
  const names = new Set<string>()
  const commands = new Set<string>()
  let result = object
  for (const found of findImages(object, paths)) {
    const image = images.find((one) => isMeant(one, found))
    if (image === undefined) continue
    names.add(image.name)
    result = withImage(result, found, image.clusterRef)
    if (found.where !== 'container') continue
    if (image.entrypoint === undefined && image.args === undefined && image.wrap === undefined) continue
    const changed = withCommand(result, found.path.slice(0, -1), image)
    if (changed !== result) commands.add(image.name)
    result = changed
  }
  return { object: result, images: [...names], commands: [...commands] }
}

function isMeant({ refs, matchInEnvVars }: Injection, { ref, where }: FoundImage): boolean {
  return refs.includes(ref) && (where !== 'env' || matchInEnvVars)
}

function withImage(object: KubernetesManifest, { where, path, fields }: FoundImage, ref: string): KubernetesManifest {
  if (fields !== undefined) {
    const [repo, tag] = repoAndTag(ref)
    return withValueAt(withValueAt(object, [...path, fields.repoField], repo), [...path, fields.tagField], tag)
  }
  const changed = withValueAt(object, path, ref)
  // A path of the user's leads into an object of unknown shape: its pull policy is only turned where there is one.
  const policy: Path = [...path.slice(0, -1), 'imagePullPolicy']
  if (where !== 'json-path' || recordAt(object, path.slice(0, -1))?.['imagePullPolicy'] === undefined) return changed
  return withValueAt(changed, policy, 'IfNotPresent')
}

/** The tag is what follows the last colon behind the last slash; a digest stays with the repository. */
function repoAndTag(ref: string): readonly [string, string] {
  const colon = ref.lastIndexOf(':')
  return colon > ref.lastIndexOf('/') ? [ref.slice(0, colon), ref.slice(colon + 1)] : [ref, 'latest']
}

function withCommand(object: KubernetesManifest, container: Path, image: Injection): KubernetesManifest {
  const { args } = image
  const wrap = runsOn(object, container) ? image.wrap : undefined
  const command = image.entrypoint ?? (wrap && ownCommand(object, container))
  const started =
    command === undefined ? object : withValueAt(object, [...container, 'command'], wrap?.(command) ?? command)
  return args === undefined ? started : withValueAt(started, [...container, 'args'], args)
}

/** Init containers end before others start, unless they say that they are restarted. */
function runsOn(object: KubernetesManifest, container: Path): boolean {
  return !container.includes('initContainers') || recordAt(object, container)?.['restartPolicy'] === 'Always'
}

function ownCommand(object: KubernetesManifest, container: Path): readonly string[] | undefined {
  const command = listAt(object, [...container, 'command']).filter((part) => typeof part === 'string')
  return command.length === 0 ? undefined : command
}

/**
 * What every object of a resource with an image built here gets: its containers use what the node has, as the tag says
 * which content it is, and a StatefulSet does not wait for one pod after the other.
 */
export function withLocalImagePolicies(object: KubernetesManifest): KubernetesManifest {
  const pulled = containerPaths(object).reduce(
    (changed, path) => withValueAt(changed, [...path, 'imagePullPolicy'], 'IfNotPresent'),
    object,
  )
  const isSet = pulled.kind === 'StatefulSet' && isRecord(pulled['spec'])
  return isSet ? withValueAt(pulled, ['spec', 'podManagementPolicy'], 'Parallel') : pulled
}
