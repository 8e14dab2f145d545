import type { ImageUse } from '@tiltts/spec'
import { isWithin } from '../paths/index.js'
import { obstacle } from './obstacle.js'
import { placesOf } from './place-of.js'
import type { LiveUpdateCover } from './types.js'

/** The files, of those given, that an image is built from: its own and those of its bases. */
export function filesOfImage(image: Pick<ImageUse, 'inputs'>, files: readonly string[]): readonly string[] {
  return files.filter((file) => image.inputs.some((input) => isWithin(file, input)))
}

/** Whether containers of a resource can take in changed files at all. */
export function hasLiveUpdate(images: readonly ImageUse[]): boolean {
  return images.some((image) => image.deployed && image.liveUpdate !== undefined)
}

/**
 * Whether changed files can go straight into running containers. Each file must be taken in by the live update of every
 * image that is built from it and runs in a container; images that others are only built upon are not asked. Files of no
 * image do not count. Says so by paths alone: what is there now is looked at by `planLiveUpdate`.
 *
 * @param images - all of a resource, with those that others are built upon
 * @param files - absolute, in any order
 */
export function liveUpdateCovers(images: readonly ImageUse[], files: readonly string[]): LiveUpdateCover {
  let first: Extract<LiveUpdateCover, { covered: false }> | undefined
  for (const image of images) {
    if (!image.deployed) continue
    const placeOf = image.liveUpdate && placesOf(image.liveUpdate)
    for (const file of filesOfImage(image, files)) {
      if (first !== undefined && first.file <= file) continue
      const reason = placeOf === undefined ? `image ${image.name} has no live update` : obstacle(file, placeOf(file))
      if (reason !== undefined) first = { covered: false, reason, file }
    }
  }
  return first ?? { covered: true }
}
