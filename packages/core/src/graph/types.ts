import type {
  ComposeProject,
  Diagnostic,
  GraphSpec,
  IgnoreRule,
  ImageSpec,
  Kind,
  KubernetesConnection,
  ManifestDocument,
  ResourceSpec,
  SpecOf,
  StatusOf,
} from '@tiltts/spec'
import type { NewMeta } from '../store/types.js'

/** What a graph names, and was read for it. */
export interface LinkInputs {
  /**
   * What compose reads in each of `composeProjects(graph)`, in that order. While one is missing nothing is linked, and what
   * it may hold is not missed.
   */
  readonly projects?: readonly (ComposeProject | undefined)[] | undefined
  readonly kubernetes?: ResolvedKubernetes | undefined
}

export interface ResolvedKubernetes {
  /**
   * What each of `graph.kubernetes.manifests` came to, in that order, after its `transform`. While one is missing nothing is
   * linked, and what it may hold is not missed.
   */
  readonly documents: readonly (readonly ManifestDocument[] | undefined)[]
  /** What the config's function calls the workloads, by `workloadKey`. Needed where there is such a function. */
  readonly names?: ReadonlyMap<string, string> | undefined
  /** Absent: there is none. */
  readonly context?: LinkContext | undefined
}

/** The kubeconfig context that a session is pinned to. */
export interface LinkContext extends Omit<KubernetesConnection, 'context'> {
  readonly name: string
  /** Whether it may be deployed to without being named by `allowK8sContexts`. */
  readonly isLocal: boolean
}

/** A graph that was checked against itself: every name in it is that of a resource or an image. */
export interface LinkedGraph {
  readonly graph: GraphSpec
  /** In order of display, with all defaults filled in: Kubernetes, services of compose, local resources, the uncategorized. */
  readonly resources: readonly LinkedResource[]
  /** Those that resources run, and what these are built upon; in order of declaration. */
  readonly images: readonly LinkedImage[]
  /** What the config declares beside them; in order of declaration. */
  readonly objects: readonly LinkedObject[]
  /** Names of the resources that take part: the chosen ones with all they depend on. The others are there, disabled. */
  readonly enabled: ReadonlySet<string>
  /** Patterns that stop triggering wherever it comes from. */
  readonly watchIgnores: readonly IgnoreRule[]
  /** The context that Kubernetes resources are deployed to; absent: there is none. */
  readonly context?: LinkContext | undefined
}

export interface LinkedResource<S extends ResourceSpec = ResourceSpec> {
  readonly name: string
  readonly spec: S
}

export interface LinkedImage {
  /** Of the Image object. */
  readonly name: string
  readonly spec: ImageSpec
}

/** An object that stands by itself, with all that it leaves out filled in. */
export interface LinkedObject {
  readonly kind: Kind
  readonly name: string
  readonly spec: SpecOf<Kind>
  readonly annotations: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
}

export interface LinkResult {
  /** Absent when there is an error among the diagnostics, and when something was not read. */
  readonly linked: LinkedGraph | undefined
  /** All errors and warnings, in order of place. */
  readonly diagnostics: readonly Diagnostic[]
}

/** An object of the store as a graph wants it. */
export interface DesiredObject {
  readonly kind: Kind
  readonly name: string
  readonly spec: SpecOf<Kind>
  /** Used when the object is not there yet. */
  readonly initialStatus: StatusOf<Kind>
  readonly meta: NewMeta
  /**
   * `create`: made when it is not there, and from then on the spec belongs to another writer, as that of a Cmd does,
   * in which the runs stand. `replace`: the spec is always the graph's.
   */
  readonly write: 'create' | 'replace'
}
