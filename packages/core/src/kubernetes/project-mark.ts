import type { KubernetesManifest } from '@tiltts/spec'
import { recordAt, withValueAt } from './tree.js'

/**
 * What tells the objects of a project from those of others: each project applies with a name of its own and leaves an
 * annotation of its own, so that one that is applied by two projects says so, whoever looks at it.
 */
export interface ProjectMark {
  readonly annotation: string
  /** The file of its config. */
  readonly project: string
  readonly fieldManager: string
}

const suffix = '.project.tilt.dev/config'

/** @param sha1 of a text, in hex */
export function projectMark(project: string, sha1: (text: string) => string): ProjectMark {
  const id = sha1(project).slice(0, 10)
  return { annotation: `${id}${suffix}`, project, fieldManager: `tiltts-${id}` }
}

export function withProjectMark(object: KubernetesManifest, { annotation, project }: ProjectMark): KubernetesManifest {
  return withValueAt(object, ['metadata', 'annotations', annotation], project)
}

/** The configs of other projects that have applied an object. */
export function otherProjects(object: KubernetesManifest, mark: ProjectMark): readonly string[] {
  const annotations = Object.entries(recordAt(object, ['metadata', 'annotations']) ?? {})
  return annotations.flatMap(([name, value]) =>
    name.endsWith(suffix) && name !== mark.annotation && typeof value === 'string' ? [value] : [],
  )
}
