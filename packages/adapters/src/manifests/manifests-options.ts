import type { Files, Processes, Records } from '@tiltts/runtime/ports'

export interface ManifestsOptions {
  readonly processes: Processes
  readonly files: Files
  /** Of the session: helm and kustomize are looked for in its PATH, and get it whole. */
  readonly env: Readonly<Record<string, string>>
  /** Where renderings are kept from session to session. */
  readonly records: Records
}
