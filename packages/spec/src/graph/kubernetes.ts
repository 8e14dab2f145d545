import type { Place } from '../place.js'
import type { FunctionRef } from './command.js'
import type { LiveUpdateSpec } from './live-update.js'
import type {
  DependencySpec,
  IgnoreRule,
  LinkSpec,
  NamedRef,
  ResourceNodeBase,
  StepSpec,
  TriggerMode,
} from './resource.js'

/** An object as the API server takes it: plain JSON. */
export interface KubernetesManifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ManifestMetadata
  readonly [field: string]: unknown
}

export interface ManifestMetadata {
  readonly name: string
  /** Absent: that of the context, or the object has none. */
  readonly namespace?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly [field: string]: unknown
}

/** Names one object of a cluster. `namespace` is '' for objects that have none. */
export interface KubernetesRef {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** Where manifests come from, before anything was read. All paths are absolute. */
export type ManifestSource =
  | FileSource
  | ObjectsSource
  | TextSource
  | HelmSource
  | KustomizeSource
  | FilterSource
  | NamespaceSource

/** A file of YAML or JSON; `path` may hold `*`, `**`, `?`, `[…]` and `{…}`, and then names all files that match, sorted. */
export interface FileSource {
  readonly type: 'file'
  readonly path: string
}

/** Objects that stand in the config. */
export interface ObjectsSource {
  readonly type: 'objects'
  readonly objects: readonly KubernetesManifest[]
}

/** YAML that stands in the config. */
export interface TextSource {
  readonly type: 'text'
  readonly text: string
}

/** What `helm template` makes of a chart. */
export interface HelmSource {
  readonly type: 'helm'
  /** Its folder; with `remote`, its name in the repository, or an `oci://` reference. */
  readonly chart: string
  readonly remote?: HelmRemote | undefined
  /** Of the release. */
  readonly name: string
  readonly namespace?: string | undefined
  readonly values: readonly string[]
  readonly set: readonly string[]
  readonly skipCrds: boolean
  readonly kubeVersion?: string | undefined
}

/** Where a chart comes from that is not on this machine. */
export interface HelmRemote {
  /** Of the repository. Absent: the chart is an `oci://` reference, or `name/chart` of a repository that helm knows. */
  readonly repoUrl?: string | undefined
  /** Absent: the newest. */
  readonly version?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
}

/** What `kustomize build` makes of a folder. */
export interface KustomizeSource {
  readonly type: 'kustomize'
  readonly dir: string
  readonly flags: readonly string[]
  /** Absent: `kustomize`, else `kubectl kustomize`. */
  readonly bin?: string | undefined
}

/** Those objects of others that match, or those that do not. */
export interface FilterSource {
  readonly type: 'filter'
  readonly sources: readonly ManifestSource[]
  readonly selector: ManifestSelector
  readonly keep: 'matching' | 'rest'
}

/** Objects of others, all in one namespace. */
export interface NamespaceSource {
  readonly type: 'namespace'
  readonly sources: readonly ManifestSource[]
  readonly namespace: string
}

/** Regular expressions as texts, found anywhere, without regard to case. Labels are compared as they are, all must be there. */
export interface ManifestSelector {
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly kind?: string | undefined
  readonly apiVersion?: string | undefined
}

/** A call of `k8sYaml`. */
export interface ManifestNode {
  readonly sources: readonly ManifestSource[]
  readonly allowDuplicates: boolean
  readonly transform?: FunctionRef | undefined
  readonly place: Place | undefined
}

/** An object that was read, with the line it stands on as far as that is known. */
export interface ManifestDocument {
  readonly object: KubernetesManifest
  readonly place?: Place | undefined
}

/** A port here that leads to one of a pod. */
export interface PortForwardSpec {
  /** 0: a free one. */
  readonly localPort: number
  /** Absent: found out from the pod. */
  readonly containerPort?: number | undefined
  /** Absent: that of the session. */
  readonly host?: string | undefined
  readonly name?: string | undefined
  readonly linkPath?: string | undefined
}

export type PodReadiness = 'wait' | 'ignore' | 'succeeded'

/** A call of `k8sResource`: it says more about a workload, or gathers objects. Calls for one name add up. */
export interface KubernetesResourceNode {
  /** Absent: the objects are gathered under `newName`. */
  readonly workload?: NamedRef | undefined
  readonly newName?: string | undefined
  /** The image whose live update and rebuilds are meant, whatever the manifests call it. */
  readonly image?: NamedRef | undefined
  readonly portForwards: readonly PortForwardSpec[]
  /** `name[:kind[:namespace]]`, as they were written. */
  readonly objects: readonly string[]
  readonly extraPodSelectors: readonly Readonly<Record<string, string>>[]
  readonly podReadiness: PodReadiness | undefined
  readonly discoveryStrategy: 'default' | 'selectors-only' | undefined
  readonly readyWhen: FunctionRef | undefined
  readonly labels: readonly string[]
  readonly links: readonly LinkSpec[]
  readonly dependencies: readonly DependencySpec[]
  readonly triggerMode: TriggerMode | undefined
  readonly autoInit: boolean | undefined
  readonly readyTimeoutMs: number | undefined
  readonly onDown: StepSpec | undefined
  readonly place: Place | undefined
}

/** A call of `k8sKind`. `kind` and `apiVersion` are regular expressions, found anywhere, without regard to case. */
export interface KubernetesKindNode {
  readonly kind: string
  readonly apiVersion?: string | undefined
  readonly imageJsonPaths: readonly string[]
  readonly imageObject?: ImageObjectPath | undefined
  readonly podReadiness?: PodReadiness | undefined
  readonly place: Place | undefined
}

/** An image that an object names in two fields. */
export interface ImageObjectPath {
  readonly jsonPath: string
  readonly repoField: string
  readonly tagField: string
}

/** A call of `k8sImageJsonPath`. */
export interface ImageJsonPathNode {
  readonly paths: readonly string[]
  readonly selector: ManifestSelector
  readonly place: Place | undefined
}

/** What deploys by commands of the user's. */
export interface CustomDeploy {
  readonly apply: StepSpec
  readonly remove: StepSpec
  /** Milliseconds that `apply` may take, 0: no limit. Absent: as long as an object. */
  readonly applyTimeoutMs?: number | undefined
  /** Absolute paths, watched recursively. */
  readonly deps: readonly string[]
  readonly ignores: readonly IgnoreRule[]
  readonly imageDeps: readonly NamedRef[]
  readonly liveUpdate?: LiveUpdateSpec | undefined
  /** Exactly one of the two where there is a live update. */
  readonly imageSelector?: string | undefined
  readonly containerSelector?: string | undefined
}

/** A call of `k8sCustomDeploy`. */
export interface CustomDeployNode extends ResourceNodeBase {
  readonly kind: 'k8s-custom'
  readonly deploy: CustomDeploy
}

export type ForwardTargetKind = 'service' | 'pod' | 'deployment' | 'statefulset'

/** What a `k8sForward` leads to. */
export interface ForwardTarget {
  readonly kind: ForwardTargetKind
  readonly name: string
  /** Absent: that of the context. */
  readonly namespace?: string | undefined
}

/** A call of `k8sForward`. */
export interface ForwardNode extends ResourceNodeBase {
  readonly kind: 'k8s-forward'
  readonly target: ForwardTarget
  readonly portForwards: readonly PortForwardSpec[]
}

/** What tells one workload from another, as `workloadToResourceFunction` gets it. */
export interface WorkloadId {
  readonly name: string
  readonly kind: string
  readonly namespace: string
  readonly group: string
}

/** All that a config says of Kubernetes, in order of calling. */
export interface KubernetesGraph {
  readonly manifests: readonly ManifestNode[]
  readonly resources: readonly KubernetesResourceNode[]
  readonly forwards: readonly ForwardNode[]
  readonly customDeploys: readonly CustomDeployNode[]
  readonly kinds: readonly KubernetesKindNode[]
  readonly imagePaths: readonly ImageJsonPathNode[]
  /** The last call of `workloadToResourceFunction`. */
  readonly nameWorkloads?: { readonly fn: FunctionRef; readonly place: Place | undefined } | undefined
  /** Contexts that may be deployed to beside those of local clusters. */
  readonly allowedContexts: readonly string[]
}
