import type { KubernetesManifest } from '@tiltts/spec'
import { groupOf } from './objects.js'
import { listAt, type Path, recordAt } from './tree.js'

const inSpec: Path = ['spec', 'template']

/** Built-in kinds by `group/Kind`, and where their pod template stands. A pod is its own. */
const templates: Readonly<Record<string, Path>> = {
  '/Pod': [],
  '/PodTemplate': ['template'],
  '/ReplicationController': inSpec,
  'apps/DaemonSet': inSpec,
  'apps/Deployment': inSpec,
  'apps/ReplicaSet': inSpec,
  'apps/StatefulSet': inSpec,
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  'batch/Job': inSpec,
  'extensions/DaemonSet': inSpec,
  'extensions/Deployment': inSpec,
  'extensions/ReplicaSet': inSpec,
}

/** Where the template of the pods that an object makes stands; a pod has it at its root. `undefined`: it makes none. */
export function podTemplatePath(object: KubernetesManifest): Path | undefined {
  const path = templates[`${groupOf(object.apiVersion)}/${object.kind}`]
  return path !== undefined && recordAt(object, [...path, 'spec']) !== undefined ? path : undefined
}

/** Labels of the pods that an object makes; a pod by itself is made by nobody, and has none here. */
export function templateLabels(object: KubernetesManifest): Readonly<Record<string, unknown>> {
  const path = podTemplatePath(object)
  return path === undefined || path.length === 0 ? {} : (recordAt(object, [...path, 'metadata', 'labels']) ?? {})
}

/** Places of the containers of an object's pods, init containers first. */
export function containerPaths(object: KubernetesManifest): readonly Path[] {
  const template = podTemplatePath(object)
  if (template === undefined) return []
  return ['initContainers', 'containers'].flatMap((field) => {
    const list: Path = [...template, 'spec', field]
    return listAt(object, list).map((_, index) => [...list, index])
  })
}

/** Places of the volumes of an object's pods that are filled from an image. */
export function imageVolumePaths(object: KubernetesManifest): readonly Path[] {
  const template = podTemplatePath(object)
  if (template === undefined) return []
  const list: Path = [...template, 'spec', 'volumes']
  return listAt(object, list).flatMap((_, index) => {
    const path: Path = [...list, index, 'image']
    return recordAt(object, path) === undefined ? [] : [path]
  })
}
