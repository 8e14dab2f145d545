import { createHash } from 'node:crypto'
import {
  type Injection,
  injectImages,
  type ProjectMark,
  withLocalImagePolicies,
  withManagedLabels,
  withProjectMark,
  withTemplateHash,
} from '@tiltts/core/kubernetes'
import type { KubernetesDeploy, KubernetesManifest } from '@tiltts/spec'
import type { PreparedObject } from './applied-object.js'

export type Prepared =
  | { readonly ok: true; readonly objects: readonly PreparedObject[] }
  | { readonly ok: false; readonly error: string }

/**
 * The objects of a resource as they are sent: with the images that were built for it, labels, the mark of the project, and
 * a hash of their pods.
 */
export function prepareObjects(deploy: KubernetesDeploy, images: readonly Injection[], mark: ProjectMark): Prepared {
  const used = new Set<string>()
  const commands = new Set<string>()
  const objects = deploy.objects.map((object, index) => {
    const places = deploy.imagePlaces.find((one) => one.object === index)
    const injected = injectImages(object, places ?? { jsonPaths: [] }, images)
    for (const name of injected.images) used.add(name)
    for (const name of injected.commands) commands.add(name)
    return injected.object
  })
  const missing = images.find(({ name }) => !used.has(name))
  if (missing !== undefined) return { ok: false, error: nowhere(missing) }
  const unplaced = images.find(
    ({ name, entrypoint, args }) => (entrypoint ?? args) !== undefined && !commands.has(name),
  )
  if (unplaced !== undefined) return { ok: false, error: noContainer(unplaced) }
  const policies = images.length > 0 ? withLocalImagePolicies : (object: KubernetesManifest) => object
  return {
    ok: true,
    objects: objects.map((object) => prepared(withProjectMark(withManagedLabels(policies(object)), mark))),
  }
}

function prepared(labelled: KubernetesManifest): PreparedObject {
  const { object, hashes } = withTemplateHash(labelled, (text) => createHash('sha1').update(text).digest('hex'))
  const hash = createHash('sha256').update(JSON.stringify(object)).digest('hex')
  return { object, hash, podTemplateHashes: hashes }
}

function nowhere({ declared }: Injection): string {
  return `the image ${declared} is named in no object of this resource. Name it in a container, or say with k8sImageJsonPath or k8sKind where it stands`
}

function noContainer({ declared }: Injection): string {
  return `the image ${declared} has an entrypoint or containerArgs, but no container of a built-in kind runs it: those can only be put into containers`
}
