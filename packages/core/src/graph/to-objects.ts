import {
  annotation,
  type CmdSpec,
  type DockerComposeServiceStatus,
  disableConfigMapName,
  type ImageStatus,
  wellKnown,
} from '@tiltts/spec'
import { initialCmdStatus } from '../schedule/cmd-transitions.js'
import { initialResourceStatus } from '../schedule/resource-transitions.js'
import type { NewMeta } from '../store/types.js'
import { disableSource, serveCmd, updateCmd } from './cmd-specs.js'
import type { DesiredObject, LinkedGraph, LinkedResource } from './types.js'
import { usersOfImages, type Watch, watchesOf } from './watches.js'

/** The objects of a graph, in the order in which they are to be made. In `ci` nothing is watched. */
export function toObjects(linked: LinkedGraph, options: { readonly command: 'dev' | 'ci' }): readonly DesiredObject[] {
  return [
    ...clusterObjects(linked),
    ...imageObjects(linked),
    ...linked.resources.flatMap((resource) => [
      ...switchObjects(resource, linked.enabled.has(resource.name)),
      ...serviceObjects(resource),
      ...cmdObjects(resource, 'update', updateCmd(resource)),
      ...cmdObjects(resource, 'serve', serveCmd(resource)),
    ]),
    ...(options.command === 'dev' ? watchesOf(linked).map(watchObject) : []),
  ]
}

/** The Docker engine, where something needs it. */
function clusterObjects({ images, resources }: LinkedGraph): readonly DesiredObject[] {
  if (images.length === 0 && resources.every(({ spec }) => spec.compose === undefined)) return []
  const spec = { connection: { docker: {} } }
  return [object({ kind: 'Cluster', name: 'docker', spec, initialStatus: {} }, [])]
}

const initialImageStatus: ImageStatus = { stages: [] }

function imageObjects({ images, resources }: LinkedGraph): readonly DesiredObject[] {
  const users = usersOfImages(resources)
  return images.map(({ name, spec }) =>
    object(
      { kind: 'Image', name, spec, initialStatus: initialImageStatus },
      (users.get(name) ?? []).map((resource) => resource.name),
    ),
  )
}

function switchObjects({ name, spec }: LinkedResource, enabled: boolean): readonly DesiredObject[] {
  const data = { isDisabled: enabled ? 'false' : 'true' }
  return [
    object({ kind: 'Resource', name, spec, initialStatus: initialResourceStatus(enabled) }, [name]),
    object({ kind: 'ConfigMap', name: disableConfigMapName(name), spec: { data }, initialStatus: {} }, [name]),
  ]
}

const initialServiceStatus: DockerComposeServiceStatus = {
  known: false,
  containers: [],
  portBindings: [],
  startedOnce: false,
  completedOnce: false,
}

function serviceObjects({ name, spec: { compose } }: LinkedResource): readonly DesiredObject[] {
  if (compose === undefined) return []
  const { service, project } = compose
  const spec = { service: service.name, project, disableSource: disableSource(name) }
  return [object({ kind: 'DockerComposeService', name, spec, initialStatus: initialServiceStatus }, [name])]
}

function cmdObjects(resource: LinkedResource, part: string, spec: CmdSpec | undefined): readonly DesiredObject[] {
  if (spec === undefined) return []
  const name = `${resource.name}:${part}`
  return [object({ kind: 'Cmd', name, spec, initialStatus: initialCmdStatus, write: 'create' }, [resource.name])]
}

function watchObject({ name, spec, resources }: Watch): DesiredObject {
  return object({ kind: 'FileWatch', name, spec, initialStatus: { fileEvents: [] } }, resources)
}

/** @param resources Whose it is; what several share belongs to none of them. */
function object(
  parts: Omit<DesiredObject, 'meta' | 'write'> & Partial<Pick<DesiredObject, 'write'>>,
  resources: readonly string[],
): DesiredObject {
  const [only, ...others] = resources
  const own = only !== undefined && others.length === 0 ? { [annotation.resource]: only } : {}
  const meta: NewMeta = { annotations: { ...own, [annotation.managedBy]: wellKnown.tiltfile } }
  return { write: 'replace', ...parts, meta }
}
