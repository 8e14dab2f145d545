import {
  annotation,
  type ClusterName,
  type ClusterSpec,
  type CmdSpec,
  clusterName,
  type DockerComposeServiceStatus,
  disableConfigMapName,
  type ImageStatus,
  initialDiscoveryStatus,
  kinds,
  toApiTime,
  wellKnown,
} from '@tiltts/spec'
import { initialCmdStatus } from '../schedule/cmd-transitions.js'
import { initialResourceStatus } from '../schedule/resource-transitions.js'
import type { NewMeta } from '../store/types.js'
import { disableSource, serveCmd, updateCmd } from './cmd-specs.js'
import { applySpec, clusterSpec, discoverySpec, forwardsSpec, initialApplyStatus } from './kubernetes-objects.js'
import { disableToggle, stopBuildButton } from './resource-buttons.js'
import type { DesiredObject, LinkedGraph, LinkedObject, LinkedResource } from './types.js'
import { usersOfImages, type Watch, watchesOf } from './watches.js'

export interface ObjectOptions {
  readonly command: 'dev' | 'ci'
  /** That port forwards listen on which name none. @default 'localhost' */
  readonly host?: string | undefined
}

/** The objects of a graph, in the order in which they are to be made. In `ci` nothing is watched. */
export function toObjects(linked: LinkedGraph, options: ObjectOptions): readonly DesiredObject[] {
  const host = options.host ?? 'localhost'
  return [
    ...clusterObjects(linked),
    ...imageObjects(linked),
    ...linked.resources.flatMap((resource) => [
      ...switchObjects(resource, linked.enabled.has(resource.name)),
      ...serviceObjects(resource),
      ...kubernetesObjects(resource, host),
      ...cmdObjects(resource, 'update', updateCmd(resource)),
      ...cmdObjects(resource, 'serve', serveCmd(resource)),
      ...buttonObjects(resource),
    ]),
    ...linked.objects.map(declaredObject),
    ...(options.command === 'dev' ? watchesOf(linked).map(watchObject) : []),
  ]
}

/** The Docker engine and the cluster, where something needs them. */
function clusterObjects({ images, resources, context }: LinkedGraph): readonly DesiredObject[] {
  const needsDocker = images.length > 0 || resources.some(({ spec }) => spec.compose !== undefined)
  const needsKubernetes = resources.some(({ spec }) => spec.kubernetes !== undefined)
  const cluster = (name: ClusterName, spec: ClusterSpec): DesiredObject =>
    object({ kind: 'Cluster', name, spec, initialStatus: {} }, [])
  return [
    ...(needsDocker ? [cluster(clusterName.docker, { connection: { docker: {} } })] : []),
    ...(needsKubernetes ? [cluster(clusterName.kubernetes, clusterSpec(context))] : []),
  ]
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

function kubernetesObjects({ name, spec }: LinkedResource, host: string): readonly DesiredObject[] {
  const { kubernetes } = spec
  if (kubernetes === undefined) return []
  const own = (parts: Parameters<typeof object>[0]): DesiredObject => object(parts, [name])
  const apply = applySpec(name, kubernetes)
  const discovery = discoverySpec(name, kubernetes)
  const forwards = forwardsSpec(name, kubernetes, host)
  return [
    ...(apply ? [own({ kind: 'KubernetesApply', name, spec: apply, initialStatus: initialApplyStatus })] : []),
    own({ kind: 'KubernetesDiscovery', name, spec: discovery, initialStatus: initialDiscoveryStatus }),
    ...(forwards ? [own({ kind: 'PortForward', name, spec: forwards, initialStatus: { forwards: [] } })] : []),
  ]
}

function cmdObjects(resource: LinkedResource, part: string, spec: CmdSpec | undefined): readonly DesiredObject[] {
  if (spec === undefined) return []
  const name = `${resource.name}:${part}`
  return [object({ kind: 'Cmd', name, spec, initialStatus: initialCmdStatus, write: 'create' }, [resource.name])]
}

/** What people stop and switch a resource with. */
function buttonObjects({ name }: LinkedResource): readonly DesiredObject[] {
  const [stop, toggle] = [stopBuildButton(name), disableToggle(name)]
  const button = object({ kind: 'UIButton', name: stop.name, spec: stop.spec, initialStatus: {} }, [name])
  const own = object({ kind: 'ToggleButton', name: toggle.name, spec: toggle.spec, initialStatus: {} }, [name])
  return [annotated(button, stop.annotations), annotated(own, toggle.annotations)]
}

/** Of no kind that a config declares does the first status tell a time. */
const epoch = toApiTime(0)

function declaredObject({ kind, name, spec, annotations, labels }: LinkedObject): DesiredObject {
  const initialStatus = kinds[kind].initialStatus?.(epoch) ?? {}
  const made = annotated(object({ kind, name, spec, initialStatus }, []), annotations)
  return { ...made, meta: { ...made.meta, labels } }
}

function annotated(made: DesiredObject, annotations: Readonly<Record<string, string>>): DesiredObject {
  return { ...made, meta: { ...made.meta, annotations: { ...made.meta.annotations, ...annotations } } }
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
