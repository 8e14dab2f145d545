import type { ApiTime } from '../time.js'
import type { ApiObject } from './meta.js'
import { invalidFault, requiredFault, type SpecFault } from './spec-fault.js'

/** A repository of extensions. */
export interface ExtensionRepoSpec {
  /** `https://…`, or `file://` with an absolute folder. */
  readonly url: string
  /** Branch, tag or commit. */
  readonly ref?: string | undefined
  readonly loadHost?: string | undefined
  /** Folder in the repository that holds the extensions. */
  readonly gitSubpath?: string | undefined
}

export interface ExtensionRepoStatus {
  /** Folder of the repository. */
  readonly path?: string | undefined
  readonly checkoutRef?: string | undefined
  readonly lastFetchedAt?: ApiTime | undefined
  readonly staleReason?: string | undefined
  /** Why there is no folder. */
  readonly error?: string | undefined
}

export type ExtensionRepo = ApiObject<'ExtensionRepo', ExtensionRepoSpec, ExtensionRepoStatus>

/** A part of a config that comes from a repository of them. */
export interface ExtensionSpec {
  /** Name of an ExtensionRepo. */
  readonly repoName: string
  /** Its folder, in that of the repository's extensions. */
  readonly repoPath: string
  readonly args?: readonly string[] | undefined
}

export interface ExtensionStatus {
  /** Folder of the extension. */
  readonly path?: string | undefined
  /** Why there is no folder. */
  readonly error?: string | undefined
}

export type Extension = ApiObject<'Extension', ExtensionSpec, ExtensionStatus>

/** All that is wrong with a repository. */
export function extensionRepoFaults({ url = '' }: ExtensionRepoSpec): readonly SpecFault[] {
  if (url === '') return [requiredFault('url')]
  return /^(https?|file):\/\//.test(url)
    ? []
    : [invalidFault('url', url, 'must start with file://, http:// or https://')]
}

/** All that is wrong with an extension. */
export function extensionFaults({ repoName = '', repoPath = '' }: ExtensionSpec): readonly SpecFault[] {
  return [
    ...(repoName === '' ? [requiredFault('repoName')] : []),
    ...(repoPath === '' ? [requiredFault('repoPath')] : []),
  ]
}
