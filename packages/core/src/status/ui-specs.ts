import type { Resource, UIResourceStatus } from '@tiltts/spec'
import { hasLiveUpdate } from '../live-update/live-update-covers.js'
import { liveUses } from '../live-update/live-uses.js'

/** The parts of a resource as clients know them: its images, bases first, and what is done with them. */
export function specsOf({ spec, metadata }: Pick<Resource, 'spec' | 'metadata'>): UIResourceStatus['specs'] {
  const images = spec.images.map((image) => ({
    id: `image:${image.name}`,
    type: 'image' as const,
    hasLiveUpdate: hasLiveUpdate([image]),
  }))
  const deploy = { id: `${spec.type}:${metadata.name}`, type: spec.type, hasLiveUpdate: hasLiveUpdate(liveUses(spec)) }
  return [...images, deploy]
}
