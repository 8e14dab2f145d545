import type {
  ComposeDeploy,
  ComposeService,
  CustomDeploy,
  ForwardTarget,
  FunctionRef,
  LocalResourceNode,
  NamedRef,
  Place,
  PodReadiness,
  PortForwardSpec,
  ResourceNode,
  ResourceNodeBase,
} from '@tiltts/spec'
import type { Member } from './manifest-members.js'

/** A service of compose with all that the config says of it: what becomes a resource. */
export interface ServiceNode extends ResourceNodeBase {
  readonly kind: 'docker-compose'
  readonly service: ComposeService
  readonly project: ComposeDeploy['project']
  /** Where the project was named in the config. */
  readonly projectPlace: Place | undefined
  /** The image that the config gives it, whatever its own is called. */
  readonly image: NamedRef | undefined
}

/** What is deployed to a cluster under one name, or led to there, with all that the config says of it. */
export interface KubernetesNode extends ResourceNodeBase {
  readonly kind: 'k8s'
  /** `rest`: what belongs to nothing else. */
  readonly from: 'workload' | 'objects' | 'custom' | 'forward' | 'rest'
  /** What it was called before calls of the config renamed it. */
  readonly formerNames: readonly string[]
  /** In the order in which they are applied. */
  readonly members: readonly Member[]
  readonly custom: CustomDeploy | undefined
  readonly target: ForwardTarget | undefined
  /** The image that the config gives it, whatever its manifests call it. */
  readonly image: NamedRef | undefined
  readonly portForwards: readonly PortForwardSpec[]
  readonly extraPodSelectors: readonly Readonly<Record<string, string>>[]
  /** Absent: found out from what it deploys. */
  readonly podReadiness: PodReadiness | undefined
  readonly discoveryStrategy: 'default' | 'selectors-only'
  readonly readyWhen: FunctionRef | undefined
}

/** What becomes a resource, whatever runs it. */
export type DeclaredNode = ResourceNode | ServiceNode | KubernetesNode

/** What runs images. */
export type DeployedNode = ServiceNode | KubernetesNode

export function isLocal(node: DeclaredNode): node is LocalResourceNode {
  return node.kind === 'local'
}

export function isService(node: DeclaredNode): node is ServiceNode {
  return node.kind === 'docker-compose'
}

export function isKubernetes(node: DeclaredNode): node is KubernetesNode {
  return node.kind === 'k8s'
}

/** What kind of thing has a name, in words. */
export function kindText({ kind }: DeclaredNode): string {
  return kindTexts[kind]
}

const kindTexts: Readonly<Record<DeclaredNode['kind'], string>> = {
  local: 'local resource',
  'docker-compose': 'compose service',
  k8s: 'Kubernetes resource',
}
