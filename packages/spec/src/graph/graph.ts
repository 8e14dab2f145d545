import type { Diagnostic } from '../errors.js'
import type { ArgSpec } from './args.js'
import type { ComposeNode, ComposeResourceNode } from './compose.js'
import type { ImageNode, RegistrySpec } from './image.js'
import type { KubernetesGraph } from './kubernetes.js'
import type { ObjectNode } from './object.js'
import type { IgnoreRule, NamedRef, ResourceNode } from './resource.js'
import type { SettingsSpec } from './settings.js'

/** Which resources take part: all, or the named ones with all they depend on. */
export type Selection = { readonly kind: 'all' } | { readonly kind: 'some'; readonly names: readonly NamedRef[] }

/** A path the config read; a change of it reloads the config. */
export interface ConfigRead {
  /** Absolute. */
  readonly path: string
  /** `file`: the file's content, also when it does not exist yet. `tree`: everything below. */
  readonly kind: 'file' | 'tree'
  /** 1: of a tree, only what stands directly in the folder. Absent: everything below. */
  readonly depth?: 1 | undefined
}

/** A value to be scrubbed from all logs. */
export interface SecretSpec {
  readonly value: string
  /** Put in its place: `[redacted secret db:password]`. */
  readonly replacement: string
}

/** All that one evaluation of a config declared: plain data, not yet checked against itself. */
export interface GraphSpec {
  /** Absolute path of the main config. */
  readonly mainPath: string
  /** In order of declaration. */
  readonly resources: readonly ResourceNode[]
  readonly images: readonly ImageNode[]
  readonly compose: readonly ComposeNode[]
  readonly composeResources: readonly ComposeResourceNode[]
  /** Absent: the config says nothing of Kubernetes. */
  readonly kubernetes?: KubernetesGraph | undefined
  readonly registry?: RegistrySpec | undefined
  /** In order of declaration; absent: none. */
  readonly objects?: readonly ObjectNode[] | undefined
  readonly settings: SettingsSpec
  readonly args: readonly ArgSpec[]
  /** Plain words after `--` that no positional argument took: then they name resources. */
  readonly positionals: readonly string[]
  readonly selection: Selection
  /** From watchSettings and .tiltignore: they stop triggering, nothing else. */
  readonly watchIgnores: readonly IgnoreRule[]
  readonly secrets: readonly SecretSpec[]
  /** From dotenv(): for all commands that do not set the name themselves. */
  readonly env: Readonly<Record<string, string>>
}

/** What came of an evaluation, good or bad. */
export interface EvaluationResult {
  /** Absent when there was an error. */
  readonly graph: GraphSpec | undefined
  /**
   * What was declared when the config ran to its end, but with errors: the linker adds what it has to say about it,
   * so that all errors are shown at once. Never made live.
   */
  readonly declared?: GraphSpec | undefined
  /** All errors and warnings, in order of place. */
  readonly diagnostics: readonly Diagnostic[]
  /** What was read, as far as the evaluation came. */
  readonly reads: readonly ConfigRead[]
  /** Learned so far, also when the evaluation failed. */
  readonly secrets: readonly SecretSpec[]
  /** Whether the graph holds functions, so that its host must stay. */
  readonly hasFunctions: boolean
}
