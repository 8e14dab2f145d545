import type { Diagnostic, ImageNode, LiveUpdateSpec } from '@tiltts/spec'
import { compileIgnore } from '../paths/compile-ignore.js'
import { isWithin } from '../paths/posix.js'
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
