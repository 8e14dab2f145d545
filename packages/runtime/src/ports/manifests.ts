import type { ConfigRead, Diagnostic, ManifestDocument, ManifestSource } from '@tiltts/spec'

/**
 * Reads manifests from wherever a config says they are: files, charts, kustomizations. What was rendered once is kept by
 * fingerprint, so that nothing is rendered again that has not changed.
 */
export interface Manifests {
  /**
   * Objects in order of their documents, lists flattened, `status` taken away, YAML read as kubectl reads it. What the user
   * did wrong is in the diagnostics, with the line in the manifest; `reads` is known even then. Rejects when aborted.
   */
  load(sources: readonly ManifestSource[], signal: AbortSignal): Promise<ManifestLoad>
}

export interface ManifestLoad {
  readonly documents: readonly ManifestDocument[]
  readonly diagnostics: readonly Diagnostic[]
  /** All that decided it. */
  readonly reads: readonly ConfigRead[]
}
