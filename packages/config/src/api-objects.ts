import { declaring } from './call/call.js'
import { track } from './collector/tracked.js'
import { type Handle, handle } from './handle.js'
import { declareUnsupported } from './unsupported.js'

/** A repository of extensions. */
export interface ExtensionRepo extends Handle<'extensionRepo'> {}

export interface ExtensionRepoSpec {
  readonly name: string
  /** `https://…`, or `file://` with an absolute folder. */
  readonly url: string
  /** Branch, tag or commit. @default the repository's own */
  readonly ref?: string | undefined
  readonly loadHost?: string | undefined
  /** Folder in the repository that holds the extensions. */
  readonly gitSubpath?: string | undefined
}

export interface ExtensionSpec {
  readonly name: string
  readonly repoName?: string | undefined
  readonly repoPath?: string | undefined
  readonly args?: readonly string[] | undefined
}

export interface CmdObjectSpec {
  readonly name: string
  readonly args: readonly string[]
  readonly dir?: string | undefined
  /** `NAME=value`. */
  readonly env?: readonly string[] | undefined
  readonly startOn?: { readonly uiButtons?: readonly string[] | undefined } | undefined
  readonly restartOn?:
    | { readonly fileWatches?: readonly string[] | undefined; readonly uiButtons?: readonly string[] | undefined }
    | undefined
}

export interface ConfigMapSpec {
  readonly name: string
  readonly data: Readonly<Record<string, string>>
}

export interface FileWatchObjectSpec {
  readonly name: string
  readonly watchedPaths: readonly string[]
  readonly ignores?: readonly { readonly basePath: string; readonly patterns: readonly string[] }[] | undefined
}

export interface KubernetesApplySpec {
  readonly name: string
  readonly yaml?: string | undefined
  readonly applyCmd?: { readonly args: readonly string[]; readonly dir?: string | undefined } | undefined
  readonly deleteCmd?: { readonly args: readonly string[]; readonly dir?: string | undefined } | undefined
  readonly cluster?: string | undefined
}

export interface KubernetesDiscoverySpec {
  readonly name: string
  readonly watches: readonly { readonly uid?: string; readonly namespace?: string; readonly name?: string }[]
  readonly cluster?: string | undefined
}

export interface UIButtonSpec {
  readonly name: string
  readonly location: { readonly componentType: 'Resource' | 'Global'; readonly componentID: string }
  readonly text: string
  readonly iconName?: string | undefined
  readonly iconSVG?: string | undefined
  readonly disabled?: boolean | undefined
  readonly requiresConfirmation?: boolean | undefined
}

/** Constructors of free-standing objects of the API, `tilt.dev/v1alpha1`. */
export interface ApiObjects {
  extensionRepo(spec: ExtensionRepoSpec): ExtensionRepo
  /** Must be awaited. Resolves to what the extension exports. */
  extension<T = unknown>(spec: ExtensionSpec): Promise<T>
  cmd(spec: CmdObjectSpec): void
  configMap(spec: ConfigMapSpec): void
  fileWatch(spec: FileWatchObjectSpec): void
  kubernetesApply(spec: KubernetesApplySpec): void
  kubernetesDiscovery(spec: KubernetesDiscoverySpec): void
  uiButton(spec: UIButtonSpec): void
}

const unsupported =
  (builder: string) =>
  ({ name }: { readonly name: string }): void =>
    declareUnsupported(`v1alpha1.${builder}`, name)

/**
 * Free-standing objects of the API.
 * This version makes none: it reports each call as `config/unsupported`.
 */
export const v1alpha1: ApiObjects = {
  extensionRepo: ({ name }) => {
    declareUnsupported('v1alpha1.extensionRepo', name)
    return handle('extensionRepo', name)
  },
  extension: <T>({ name }: ExtensionSpec): Promise<T> => {
    declareUnsupported('v1alpha1.extension', name)
    const { recorder, at } = declaring('v1alpha1.extension')
    // there is nothing to hand over; the evaluation fails with the call reported
    return track(recorder, 'v1alpha1.extension', at, Promise.resolve({} as T))
  },
  cmd: unsupported('cmd'),
  configMap: unsupported('configMap'),
  fileWatch: unsupported('fileWatch'),
  kubernetesApply: unsupported('kubernetesApply'),
  kubernetesDiscovery: unsupported('kubernetesDiscovery'),
  uiButton: unsupported('uiButton'),
}
