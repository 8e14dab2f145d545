import type {
  GraphSpec,
  ImagePlaces,
  ImageUse,
  KubernetesDeploy,
  KubernetesManifest,
  KubernetesResourceSpec,
  PodReadiness,
} from '@tiltts/spec'
import { firstReadiness } from '../kubernetes/kind-facts.js'
import type { KubernetesNode } from './declared.js'
import { canonical, stepText } from './definition-hash.js'
import { hashText } from './hash.js'
import { imageWatchName } from './link-image.js'
import { type Context, linkBase, stepWithEnv } from './link-resource.js'
import type { LinkedResource } from './types.js'

/** A Kubernetes resource with every default filled in. */
export function linkKubernetes(
  node: KubernetesNode,
  context: Context,
  images: {
    readonly uses: readonly ImageUse[]
    /** Hash of all of an image that changes what is deployed. */
    readonly hashOf: (image: string) => string
  },
): LinkedResource<KubernetesResourceSpec> {
  const kubernetes = deployOf(node, images.uses, context.graph)
  const watched = images.uses.filter(({ inputs }) => inputs.length > 0)
  return {
    name: node.name,
    spec: {
      ...linkBase(node, context),
      type: 'k8s',
      kubernetes,
      images: images.uses,
      watches: [...watched.map(({ name }) => imageWatchName(name)), ...(hasDeps(kubernetes) ? [node.name] : [])],
      updateHash: updateHash(
        kubernetes,
        images.uses.map((use) => [use.name, use.refs, images.hashOf(use.name)]),
        images.uses.length > 0 ? context.graph.registry : undefined,
      ),
      serveHash: serveHash(kubernetes),
    },
  }
}

function deployOf(
  node: KubernetesNode,
  uses: readonly ImageUse[],
  { env, settings }: Pick<GraphSpec, 'env' | 'settings'>,
): KubernetesDeploy {
  const { members, custom } = node
  return {
    objects: members.map(({ object }) => object),
    imagePlaces: members.flatMap(({ facts }, object): readonly ImagePlaces[] => {
      const { jsonPaths, imageObject } = facts
      return jsonPaths.length === 0 && imageObject === undefined ? [] : [{ object, jsonPaths, imageObject }]
    }),
    custom: custom && { ...custom, apply: stepWithEnv(custom.apply, env), remove: stepWithEnv(custom.remove, env) },
    target: node.target,
    portForwards: node.portForwards,
    podReadiness: podReadiness(node, uses),
    discoveryStrategy: node.discoveryStrategy,
    extraPodSelectors: node.extraPodSelectors,
    readyWhen: node.readyWhen,
    timeoutMs: custom?.applyTimeoutMs ?? settings.k8sUpsertTimeoutMs ?? defaultTimeoutMs,
  }
}

const defaultTimeoutMs = 30_000

/** What the config says, else what the kinds of its objects are told by; objects that run nothing have no pods to wait for. */
function podReadiness(node: KubernetesNode, uses: readonly ImageUse[]): PodReadiness {
  const ofKinds = firstReadiness(node.members.map(({ facts }) => facts.podReadiness))
  const isPodless = node.from === 'objects' && node.extraPodSelectors.length === 0 && uses.length === 0
  return node.podReadiness ?? ofKinds ?? (isPodless ? 'ignore' : 'wait')
}

export function hasDeps({ custom }: Pick<KubernetesDeploy, 'custom'>): boolean {
  return custom !== undefined && custom.deps.length > 0
}

/** Hash of the manifests, as they are before images are put in. */
export function manifestHash({ objects }: Pick<KubernetesDeploy, 'objects'>): string {
  return hashText(objects.map(objectHash).join())
}

/** By object: manifests that were not read anew are the same objects after a reload. */
const hashes = new WeakMap<KubernetesManifest, string>()

function objectHash(object: KubernetesManifest): string {
  const known = hashes.get(object)
  if (known !== undefined) return known
  const hash = hashText(canonical(object))
  hashes.set(object, hash)
  return hash
}

/**
 * Hash of all that is deployed. How pods are found, judged and led to is none of it, and of a command neither what it
 * depends on nor how it takes things away.
 */
function updateHash(deploy: KubernetesDeploy, images: readonly unknown[], registry: GraphSpec['registry']): string {
  const { imagePlaces, custom, target } = deploy
  const pushedTo = registry && [registry.host, registry.hostFromCluster, registry.singleName]
  const command = custom && [stepText(custom.apply), custom.imageDeps.map(({ name }) => name)]
  return hashText(canonical([manifestHash(deploy), imagePlaces, images, pushedTo, command, target]))
}

/** Hash of what takes effect without anything being deployed. */
function serveHash(deploy: KubernetesDeploy): string {
  const { portForwards, podReadiness: readiness, discoveryStrategy, extraPodSelectors, readyWhen } = deploy
  return hashText(canonical([portForwards, readiness, discoveryStrategy, extraPodSelectors, readyWhen?.hash]))
}
