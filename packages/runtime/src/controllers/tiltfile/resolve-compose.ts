import { composeProjects } from '@tiltts/core/graph'
import type { ComposeProject, ConfigRead, Diagnostic, GraphSpec } from '@tiltts/spec'
import { isTiltError } from '@tiltts/spec'
import type { Compose } from '../../ports/compose.js'

/** The compose projects that a config names, as compose reads them. */
export interface ResolvedCompose {
  /** In the order of `composeProjects(graph)`; one that could not be read is `undefined`. */
  readonly projects: readonly (ComposeProject | undefined)[]
  readonly diagnostics: readonly Diagnostic[]
  /** All files that decided it, also of those that could not be read. */
  readonly reads: readonly ConfigRead[]
}

/** Asks compose for all projects of a graph at once. What the user or the world did wrong is in the diagnostics. */
export async function resolveCompose(
  compose: Compose,
  graph: GraphSpec,
  signal: AbortSignal,
): Promise<ResolvedCompose> {
  const loads = await Promise.all(
    composeProjects(graph).map(async ({ project, place }) => {
      try {
        const load = await compose.load(project, signal)
        // What is in no file of the project, like the name of one, is in the config.
        const placed = load.diagnostics.map((one) =>
          one.places.length === 0 && place ? { ...one, places: [place] } : one,
        )
        return { ...load, diagnostics: placed }
      } catch (error) {
        if (!isTiltError(error) || error.class === 'bug') throw error
        const { code, message } = error
        const places = place === undefined ? [] : [place]
        const reads = project.files.map((path) => ({ path, kind: 'file' as const }))
        return { project: undefined, diagnostics: [{ code, severity: 'error' as const, message, places }], reads }
      }
    }),
  )
  return {
    projects: loads.map(({ project }) => project),
    diagnostics: loads.flatMap(({ diagnostics }) => diagnostics),
    reads: loads.flatMap(({ reads }) => reads),
  }
}
