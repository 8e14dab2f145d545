import type { ImageUse, ResourceSpec } from '@tiltts/spec'

/**
 * All that changed files of a resource can go into: its images, and what a command deploys whose containers are named by a
 * selector. The latter is no Image object; it is called by its selector, and comes last.
 */
export function liveUses({ images, kubernetes }: Pick<ResourceSpec, 'images' | 'kubernetes'>): readonly ImageUse[] {
  const { liveUpdate, imageSelector, containerSelector, deps = [] } = kubernetes?.custom ?? {}
  if (liveUpdate === undefined) return images
  return [...images, { name: imageSelector ?? containerSelector ?? '', deployed: true, liveUpdate, inputs: deps }]
}
