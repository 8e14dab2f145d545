import type { Processes } from '@tiltts/runtime/ports'

export interface LoadParts {
  readonly processes: Processes
  readonly env: Readonly<Record<string, string>>
  readonly command: readonly string[]
}
