import { findDockerfileStep } from '@tiltts/core/images'
import type { ResourceView } from '@tiltts/core/status'
import type { ObjectStore } from '@tiltts/core/store'
import type { Image, Place } from '@tiltts/spec'

/** Where the failure of a resource stands: the line of the Dockerfile that could not be built, else where it is declared. */
export function failurePlace(store: Pick<ObjectStore, 'get'>, { resource }: ResourceView): Place | undefined {
  for (const { name } of resource.spec.images) {
    const image = store.get('Image', name)
    const place = image?.status.error === undefined ? undefined : dockerfilePlace(image)
    if (place !== undefined) return place
  }
  return resource.spec.place
}

function dockerfilePlace({ spec: { node }, status }: Image): Place | undefined {
  if (node.build !== 'docker' || node.dockerfile.path === undefined) return undefined
  const step = status.stages.find(({ error }) => error !== undefined && error !== '')?.name
  const found = step === undefined ? undefined : findDockerfileStep(node.dockerfile.contents, step)
  return { file: node.dockerfile.path, line: found?.line ?? 1, column: 1 }
}
