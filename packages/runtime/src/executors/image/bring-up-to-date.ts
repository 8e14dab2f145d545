import { customImage } from './custom-image.js'
import { dockerImage } from './docker-image.js'
import type { ImageDeps, ImageEnd, ImageJob } from './image-job.js'

/** Brings an image up to date, however it is built. */
export function bringImageUpToDate(deps: ImageDeps, job: ImageJob, signal: AbortSignal): Promise<ImageEnd> {
  const { node } = job.spec
  return node.build === 'docker'
    ? dockerImage(deps, { ...job, node }, signal)
    : customImage(deps, { ...job, node }, signal)
}
