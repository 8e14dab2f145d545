import type { AsyncLocalStorage } from 'node:async_hooks'
import type {
  CatalogueCode,
  ComposeNode,
  ComposeResourceNode,
  ConfigRead,
  CustomDeployNode,
  Diagnostic,
  ForwardNode,
  FunctionRef,
  IgnoreRule,
  ImageJsonPathNode,
  ImageNode,
  KubernetesGraph,
  KubernetesKindNode,
  KubernetesResourceNode,
  ManifestNode,
  NamedRef,
  ObjectNode,
  Place,
  RegistrySpec,
  ResourceNode,
  SecretSpec,
  SettingsSpec,
} from '@tiltts/spec'
import type { ArgsFile } from '../args/args-file.js'
import type { DefinedArg } from '../args/defined-arg.js'
import type { Scope } from './scope.js'
import type { Collector } from './types.js'

/** Any function of the user's, to be kept and called by id. */
export type AnyFunction = (...args: never[]) => unknown

/** A complaint as a builder makes it: its places are worked out when the evaluation has ended. */
export interface Finding {
  readonly code: CatalogueCode
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly hint?: string | undefined
  /** The call it is about. */
  readonly at?: Error | undefined
  /** Places that are known already, for what stands in a data file: they come first. */
  readonly places?: readonly Place[] | undefined
  /** Another call that belongs to it: its place comes second. */
  readonly also?: Error | undefined
}

/** What turns a recorded call into plain data at the end. */
export interface Finish {
  place(at: Error): Place | undefined
  functionRef(id: string, fn: AnyFunction, at: Error): FunctionRef
}

/** A resource as its builder leaves it: the node is made when the evaluation has ended. */
export interface Declared {
  readonly name: string
  /** As people call it: `local resource`. */
  readonly kind: string
  readonly at: Error
  readonly node: (finish: Finish) => ResourceNode | ForwardNode | CustomDeployNode
}

/** What a builder leaves of a declaration: the node is made when the evaluation has ended. */
export type Declaration<Node> = (finish: Finish) => Node

/** What was declared of Kubernetes, but for what is a resource by itself. */
export interface KubernetesDraft {
  readonly manifests: Declaration<ManifestNode>[]
  readonly resources: Declaration<KubernetesResourceNode>[]
  readonly kinds: Declaration<KubernetesKindNode>[]
  readonly imagePaths: Declaration<ImageJsonPathNode>[]
  /** The last call counts. */
  nameWorkloads: Declaration<NonNullable<KubernetesGraph['nameWorkloads']>> | undefined
  readonly allowedContexts: string[]
}

/** A step of a live update that was made, as people find it again. */
export interface MadeStep {
  /** `sync('./src', '/app')` */
  readonly display: string
  readonly at: Error
}

/** A promise that the config should await. */
export interface TrackedCall {
  readonly builder: string
  readonly at: Error
  /** Settles with the promise and never rejects. */
  readonly settled: Promise<void>
  awaited: boolean
  pending: boolean
  failure: unknown
}

/** An `include` that has not come to its end: `from` waits for the file of `scope`. */
export interface PendingInclude {
  readonly from: string
  readonly scope: Scope
}

/** Everything the builders have declared so far. */
export interface Draft {
  readonly resources: Declared[]
  readonly images: Declaration<ImageNode>[]
  readonly compose: Declaration<ComposeNode>[]
  readonly composeResources: Declaration<ComposeResourceNode>[]
  readonly kubernetes: KubernetesDraft
  /** Objects of the API that stand by themselves. */
  readonly objects: Declaration<ObjectNode>[]
  /** Repositories of extensions by name. */
  readonly extensionRepos: Map<string, { readonly url?: string | undefined; readonly gitSubpath?: string | undefined }>
  /** The call of `defaultRegistry`, of which there may be one. */
  registry: { readonly spec: Omit<RegistrySpec, 'place'>; readonly at: Error } | undefined
  /** Steps that no live update has taken, by the call that made them. */
  readonly unusedSteps: Map<Error, MadeStep>
  settings: SettingsSpec
  /** The call of `triggerMode`, of which there may be one. */
  triggerModeAt: Error | undefined
  selection: { readonly kind: 'all' } | { readonly kind: 'some'; readonly refs: readonly { name: string; at: Error }[] }
  readonly watchIgnores: IgnoreRule[]
  readonly secrets: SecretSpec[]
  readonly findings: Finding[]
  readonly tracked: TrackedCall[]
  readonly functions: Map<string, AnyFunction>
  readonly includes: Set<PendingInclude>
  /** Config functions that were run, so that each runs once. */
  readonly started: Map<unknown, Promise<void>>
  /** By kind and path. */
  readonly reads: Map<string, ConfigRead>
  /** Arguments of all calls of `defineArgs`. */
  readonly args: DefinedArg[]
  /** `tilt_config.json`, read by the first of them. */
  argsFile: ArgsFile | undefined
}

/**
 * The collector as builders see it. It stands on `globalThis`, so a builder of another copy of this package finds it too:
 * builders use nothing of the collector but what this interface names.
 */
export interface Recorder extends Collector {
  readonly draft: Draft
  readonly scopes: AsyncLocalStorage<Scope>
  /** False once the evaluation has ended: functions that run later can read the world, but declare nothing. */
  isOpen(): boolean
  /** Where a call stands in files of the user's, innermost first. */
  placesOf(at: Error): readonly Place[]
  recordRead(read: ConfigRead): void
  recordSecret(secret: SecretSpec): void
  diagnosticOf(finding: Finding): Diagnostic
}

/** Names of resources in plain form. */
export const namedRef = (finish: Finish, ref: { readonly name: string; readonly at: Error }): NamedRef => ({
  name: ref.name,
  place: finish.place(ref.at),
})
