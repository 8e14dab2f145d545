import type { ComposeProject, ComposeProjectRef, Diagnostic } from '@tiltts/spec'

/**
 * Docker Compose. Rejects with `compose/missing` when it is not there or too old, with `docker/unreachable` when no engine
 * answers it (`load` needs none), and when aborted.
 */
export interface Compose {
  /** Reads compose files as compose does. What the user did wrong is in the diagnostics; `reads` is known even then. */
  load(project: ComposeProjectRef, signal: AbortSignal): Promise<ComposeLoad>
  /** Builds the image of a service as its `build:` says. */
  build(request: ComposeRequest, signal: AbortSignal): Promise<ComposeEnd>
  /**
   * Makes the containers of services what they should be; those that are so already stay. Never builds, never touches
   * others. With `wait`, a container that has ended with code 0 is up.
   */
  up(request: ComposeRequest & ComposeUp, signal: AbortSignal): Promise<ComposeEnd>
  /**
   * Stops and removes the containers of services, found by the project's name: also those of services that its files no
   * longer have, and with files that are invalid or gone. That there are none is fine.
   */
  remove(request: ComposeRequest, signal: AbortSignal): Promise<ComposeEnd>
  /** Removes containers and networks of the whole project, orphans included. */
  down(
    request: Omit<ComposeRequest, 'services'> & { readonly volumes: boolean },
    signal: AbortSignal,
  ): Promise<ComposeEnd>
}

export interface ComposeLoad {
  /** Absent when there is an error. */
  readonly project: ComposeProject | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly reads: ComposeProject['reads']
}

export interface ComposeRequest {
  readonly project: ComposeProjectRef & { readonly name: string }
  readonly services: readonly string[]
  readonly onOutput: (text: string, stream: 'stdout' | 'stderr') => void
}

export interface ComposeUp {
  /** Until services run and are healthy. */
  readonly wait: boolean
  /** New containers even where nothing changed. */
  readonly recreate: boolean
}

/** How compose ended. `error`: its last words, when it failed. */
export interface ComposeEnd {
  readonly exitCode: number
  readonly error?: string | undefined
}
