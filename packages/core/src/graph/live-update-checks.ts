import type { Diagnostic, ImageNode, LiveUpdateSpec } from '@tiltts/spec'
import { compileIgnore } from '../paths/compile-ignore.js'
import { isWithin } from '../paths/posix.js'
import { type DeployedNode, isKubernetes, type KubernetesNode } from './declared.js'
import { closureOf, type ImageBases } from './image-bases.js'
import type { DeclaredImage, ImageIndex } from './image-index.js'
import { imageInputs } from './image-use.js'
import { placesOf } from './places.js'

/** Live updates of an image that runs somewhere: everything they follow must be watched for it, or for its bases. */
export function checkLiveUpdate(image: DeclaredImage, images: ImageIndex, bases: ImageBases): readonly Diagnostic[] {
  const { liveUpdate } = image.node
  if (liveUpdate === undefined) return []
  const built = closureOf([image.name], bases.of).flatMap((name) => images.get(name) ?? [])
  return followed(liveUpdate).flatMap(({ what, path }) => {
    const holding = built.filter((from) => imageInputs(from).some((input) => isWithin(path, input)))
    if (holding.length === 0) return [notWatched(image.node, liveUpdate, what, path, built.flatMap(imageInputs))]
    return holding.every(({ node }) => leavesOut(node, path)) ? [leftOut(image.node, liveUpdate, what, path)] : []
  })
}

type What = 'sync' | 'fallBackOn'

function followed({ syncs, stopPaths }: LiveUpdateSpec): readonly { readonly what: What; readonly path: string }[] {
  return [
    ...syncs.map(({ localPath }) => ({ what: 'sync' as const, path: localPath })),
    ...stopPaths.map((path) => ({ what: 'fallBackOn' as const, path })),
  ]
}

function notWatched(
  node: ImageNode,
  liveUpdate: LiveUpdateSpec,
  what: What,
  path: string,
  inputs: readonly string[],
): Diagnostic {
  const where = node.build === 'docker' ? 'its context' : 'its deps'
  return {
    code: 'config/live-update',
    severity: 'error',
    message: `\`${node.ref}\`: ${what} names ${path}, which is not in ${where}, so no change of it would be seen`,
    places: placesOf(liveUpdate.place, node.place),
    hint: `Watched are: ${[...new Set(inputs)].join(', ') || 'no files'}; widen ${where}, or correct the path`,
  }
}

/** Whether ignores take the path away with all below. A change of the Dockerfile is seen all the same. */
function leavesOut(node: ImageNode, path: string): boolean {
  if (node.build === 'docker' && node.dockerfile.path === path) return false
  const rules = compileIgnore(node.ignores)
  return rules.ignored(path) && rules.prunes(path)
}

function leftOut(node: ImageNode, liveUpdate: LiveUpdateSpec, what: What, path: string): Diagnostic {
  return {
    code: 'config/live-update',
    severity: 'warning',
    message: `\`${node.ref}\`: ${what} names ${path}, which its ignores leave out, so no change of it is seen`,
    places: placesOf(liveUpdate.place, node.place),
    hint: 'Take it out of `ignore` and .dockerignore, or add it to `only`',
  }
}

/** A cluster does not restart a container when asked, it makes a new pod: the process in it can be started again, though. */
export function checkRestart({ node }: DeclaredImage, by: readonly DeployedNode[]): readonly Diagnostic[] {
  const { liveUpdate } = node
  const [first] = by.filter(isKubernetes)
  if (liveUpdate?.restart?.what !== 'container' || first === undefined) return []
  return [noRestart(`\`${node.ref}\``, first.name, placesOf(liveUpdate.place, node.place))]
}

function noRestart(what: string, resource: string, places: Diagnostic['places']): Diagnostic {
  return {
    code: 'config/live-update',
    severity: 'error',
    message: `${what}: restartContainer() is not possible in Kubernetes, where \`${resource}\` runs`,
    places,
    hint: 'Use restartProcess(): it starts the process again, and the container stays',
  }
}

/** Live updates into what a command deploys: they follow what is watched for it, and restart nothing. */
export function checkCustomDeploy({ name, custom, place }: KubernetesNode): readonly Diagnostic[] {
  const liveUpdate = custom?.liveUpdate
  if (custom === undefined || liveUpdate === undefined) return []
  const what = `k8sCustomDeploy('${name}')`
  const places = placesOf(liveUpdate.place, place)
  const error = (message: string, hint: string): Diagnostic => ({
    code: 'config/live-update',
    severity: 'error',
    message: `${what}: ${message}`,
    places,
    hint,
  })
  const { deps } = custom
  const found: Diagnostic[] = []
  if (liveUpdate.restart?.what === 'container') found.push(noRestart(what, name, places))
  if (liveUpdate.restart?.what === 'process') {
    const hint = 'Build the image here, with the live update at it, and name it in imageDeps'
    found.push(error('restartProcess() needs a part in an image that is built here', hint))
  }
  for (const { what: step, path } of followed(liveUpdate)) {
    if (deps.some((dep) => isWithin(path, dep))) continue
    const message = `${step} names ${path}, which is not in its deps, so no change of it would be seen`
    found.push(error(message, `Watched are: ${deps.join(', ') || 'no files'}`))
  }
  return found
}
