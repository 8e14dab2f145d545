import { keptApply } from '@tiltts/core/graph'
import { formatDuration } from '@tiltts/core/status'
import {
  type AppliedObject,
  type ApplyCondition,
  type ConfigMap,
  isFunctionCommand,
  type KubernetesApplyCmd,
  type KubernetesDeploy,
  type KubernetesDiscovery,
  type KubernetesManifest,
  type OwnApply,
  type Resource,
  type StepSpec,
  type Update,
  type WireKubernetesApply,
} from '@tiltts/spec'
import { ApiError } from '../api-error.js'
import { clientName } from './client-name.js'
import { disableStatus, switchMaps } from './disable-status.js'
import { refuseNotTaken } from './not-taken.js'
import { wireForward } from './port-forward.js'
import { type Shape, shape } from './shape.js'

type Objects = KubernetesDiscovery['status']['objects']
type Beside = readonly [
  Resource['spec'] | undefined,
  Update | undefined,
  Objects | undefined,
  ...(ConfigMap | undefined)[],
]

export const kubernetesApply: Shape = shape<'KubernetesApply', Beside>({
  beside({ metadata: { name }, spec }, store) {
    const resource = store.get('Resource', name)
    const newest = resource?.status.current ?? resource?.status.history[0] ?? ''
    const objects = store.get('KubernetesDiscovery', name)?.status.objects
    return [resource?.spec, store.get('Update', newest), objects, ...switchMaps(store, spec.disableSource)]
  },
  spec({ spec }, [resource]) {
    const { objects, timeoutMs, disableSource, own } = spec
    const deployed = own === undefined ? resource?.kubernetes && ofConfig(resource.kubernetes) : ofClient(own)
    const images = (resource?.images ?? []).filter((image) => image.deployed)
    return {
      ...deployed,
      ...(images.length > 0 && { imageMaps: images.map((image) => clientName(image.name)) }),
      timeout: formatDuration(timeoutMs),
      cluster: 'default',
      ...(disableSource !== undefined && { disableSource }),
      objects,
    }
  },
  status({ spec, status }, [, update, objects, ...maps]): WireKubernetesApply['status'] {
    const { applied, error, lastApplyTime, lastApplyStartTime = update?.status.startTime, inputHash } = status
    const conditions = jobCondition(objects ?? [], lastApplyTime)
    return {
      ...(applied.length > 0 && { resultYAML: documents(applied.map(identity)) }),
      ...(error !== undefined && { error }),
      ...(lastApplyStartTime !== undefined && { lastApplyStartTime }),
      ...(lastApplyTime !== undefined && { lastApplyTime }),
      ...(lastApplyTime !== undefined && { appliedInputHash: inputHash ?? spec.manifestHash }),
      ...(conditions.length > 0 && { conditions }),
      ...disableStatus(spec.disableSource, maps),
      applied,
    }
  },
  kept(wire, before) {
    if (before !== undefined && before.spec.own === undefined)
      throw new ApiError(403, 'Forbidden', 'what the config deploys is changed in the config')
    refuseNotTaken(wire, {
      imageMaps: 'images are put into what the config deploys; name them in the manifests',
      imageLocators: 'images are put into what the config deploys; name them in the manifests',
      podLogStreamTemplateSpec: 'the logs of all containers are shown',
    })
    return keptApply(wire)
  },
})

type WireSpec = WireKubernetesApply['spec']

/** Made once for each definition, however often something is deployed. */
const known = new WeakMap<KubernetesDeploy, Partial<WireSpec>>()

function ofConfig(deploy: KubernetesDeploy): Partial<WireSpec> {
  const found = known.get(deploy)
  if (found !== undefined) return found
  const { objects, custom, portForwards, extraPodSelectors, discoveryStrategy } = deploy
  const wire: Partial<WireSpec> = {
    ...(custom === undefined
      ? { yaml: documents(objects.map(withoutSecrets)) }
      : { applyCmd: commandOf(custom.apply), deleteCmd: commandOf(custom.remove) }),
    ...selectorsOf(extraPodSelectors),
    ...(portForwards.length > 0 && {
      portForwardTemplateSpec: {
        forwards: portForwards.map((one) => wireForward({ ...one, host: one.host ?? 'localhost' }, undefined)),
      },
    }),
    discoveryStrategy,
  }
  known.set(deploy, wire)
  return wire
}

function ofClient({ extraSelectors, strategy, forwards, ...own }: OwnApply): Partial<WireSpec> {
  return {
    ...own,
    ...selectorsOf(extraSelectors),
    ...(forwards.length > 0 && {
      portForwardTemplateSpec: { forwards: forwards.map((one) => wireForward(one, undefined)) },
    }),
    discoveryStrategy: strategy,
  }
}

const selectorsOf = (selectors: readonly Readonly<Record<string, string>>[]): Partial<WireSpec> =>
  selectors.length === 0
    ? {}
    : { kubernetesDiscoveryTemplateSpec: { extraSelectors: selectors.map((matchLabels) => ({ matchLabels })) } }

function commandOf({ command, dir, env }: StepSpec): KubernetesApplyCmd {
  const args = isFunctionCommand(command) ? [command.display] : command.argv
  return { args, dir, env: Object.entries(env).map(([name, value]) => `${name}=${value}`) }
}

/** JSON is YAML. */
const documents = (objects: readonly object[]): string =>
  objects.map((object) => `${JSON.stringify(object, null, 2)}\n`).join('---\n')

const identity = ({ apiVersion, kind, namespace, name, uid, generation }: AppliedObject): object => ({
  apiVersion,
  kind,
  metadata: {
    name,
    ...(namespace !== '' && { namespace }),
    uid,
    ...(generation !== undefined && { generation }),
  },
})

/** Who may read objects of a session need not be one who may read the Secrets of the cluster. */
function withoutSecrets(object: KubernetesManifest): KubernetesManifest {
  if (object.kind !== 'Secret') return object
  const { data: _data, stringData: _text, ...rest } = object
  return rest as KubernetesManifest
}

function jobCondition(objects: Objects, time: string | undefined): readonly ApplyCondition[] {
  const jobs = objects.filter(({ kind }) => kind === 'Job')
  if (jobs.length === 0 || time === undefined || jobs.some(({ state }) => state !== 'complete')) return []
  return [{ type: 'JobComplete', status: 'True', lastTransitionTime: time, reason: 'JobComplete', message: '' }]
}
