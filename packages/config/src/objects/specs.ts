import type { DisableSource, RestartOnSpec, StateSource, UIButtonFace, UIInputSpec } from '@tiltts/spec'
import type { Duration } from '../duration.js'
import type { Probe } from '../probes.js'
import type { Input } from './inputs.js'

/** What every object can be told. */
export interface ObjectOptions {
  /** Unique among the objects of its kind. */
  readonly name: string
  /** `tilt.dev/resource` names the resource that the object belongs to. */
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}

export interface ExtensionRepoSpec extends ObjectOptions {
  /** `https://…`, or `file://` with an absolute folder. */
  readonly url: string
  /** Branch, tag or commit. @default the repository's own */
  readonly ref?: string | undefined
  readonly loadHost?: string | undefined
  /** Folder in the repository that holds the extensions. */
  readonly gitSubpath?: string | undefined
}

export interface ExtensionSpec extends ObjectOptions {
  /** @default 'default' */
  readonly repoName?: string | undefined
  /** Folder of the extension in its repository. @default the name */
  readonly repoPath?: string | undefined
  readonly args?: readonly string[] | undefined
}

export interface CmdObjectSpec extends ObjectOptions {
  /** argv. */
  readonly args: readonly string[]
  /** @default the config's folder */
  readonly dir?: string | undefined
  /** `NAME=value`. */
  readonly env?: readonly string[] | undefined
  /** Starts at a click of these buttons, with their inputs as environment; absent: at once. */
  readonly startOn?: { readonly uiButtons: readonly string[]; readonly startAfter?: string | undefined } | undefined
  /** Starts anew when one of these file watches sees a change, and at a click. */
  readonly restartOn?: RestartOnSpec | undefined
  /** Tells when it is ready; absent: as soon as it runs. */
  readonly readinessProbe?: Probe | undefined
  readonly disableSource?: DisableSource | undefined
}

export interface ConfigMapSpec extends ObjectOptions {
  readonly data: Readonly<Record<string, string>>
}

export interface FileWatchObjectSpec extends ObjectOptions {
  readonly watchedPaths: readonly string[]
  readonly ignores?:
    | readonly { readonly basePath: string; readonly patterns?: readonly string[] | undefined }[]
    | undefined
  readonly disableSource?: DisableSource | undefined
}

/** A command of an object. */
export interface CommandFields {
  readonly args: readonly string[]
  /** @default the config's folder */
  readonly dir?: string | undefined
  /** `NAME=value`. */
  readonly env?: readonly string[] | undefined
}

/** Pods with these labels. */
export interface LabelsSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined
}

/** Either `yaml` or `applyCmd`. */
export interface KubernetesApplySpec extends ObjectOptions {
  readonly yaml?: string | undefined
  /** Prints what it has deployed. */
  readonly applyCmd?: CommandFields | undefined
  /** Removes what `applyCmd` has deployed. */
  readonly deleteCmd?: CommandFields | undefined
  /** Applies anew when one of these file watches sees a change. */
  readonly restartOn?: { readonly fileWatches?: readonly string[] | undefined } | undefined
  /** Pods that belong to it, too. */
  readonly extraSelectors?: readonly LabelsSelector[] | undefined
  /** What one object may take. @default '30s' */
  readonly timeout?: Duration | undefined
  readonly disableSource?: DisableSource | undefined
}

export interface KubernetesDiscoverySpec extends ObjectOptions {
  /** Pods of these objects; without `uid` and `name`, those of the namespace that an extra selector means. */
  readonly watches: readonly {
    readonly uid?: string | undefined
    /** @default that of the context */
    readonly namespace?: string | undefined
    readonly name?: string | undefined
  }[]
  readonly extraSelectors?: readonly LabelsSelector[] | undefined
  readonly disableSource?: DisableSource | undefined
}

export interface PortForwardObjectSpec extends ObjectOptions {
  readonly podName: string
  /** @default that of the context */
  readonly namespace?: string | undefined
  readonly forwards: readonly {
    /** 0: any that is free. @default 0 */
    readonly localPort?: number | undefined
    readonly containerPort: number
    /** @default 'localhost' */
    readonly host?: string | undefined
    readonly name?: string | undefined
    /** Of the link. */
    readonly path?: string | undefined
  }[]
  readonly disableSource?: DisableSource | undefined
}

/** Where a button stands: `Global` with `nav` is the navigation bar. */
export interface ButtonLocation {
  readonly componentType: 'Resource' | 'Global'
  readonly componentID: string
}

export interface ToggleButtonObjectSpec extends ObjectOptions {
  readonly location: ButtonLocation
  /** The button while it is on. */
  readonly on: UIButtonFace
  /** The button while it is off. */
  readonly off: UIButtonFace
  /** The state while its source says nothing. @default false */
  readonly defaultOn?: boolean | undefined
  readonly stateSource: StateSource
}

export interface UIButtonObjectSpec extends ObjectOptions, UIButtonFace {
  readonly location: ButtonLocation
  readonly disabled?: boolean | undefined
  /** From `textInput` and its like, or as the API has them. */
  readonly inputs?: readonly (Input | UIInputSpec)[] | undefined
}
