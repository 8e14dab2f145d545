import type { Diagnostic } from '@tiltts/spec'
import type { Ports } from '../../ports/ports.js'
import { evaluateConfig } from '../tiltfile/evaluate.js'
import { prunedRepositories, pruneRequest } from './prune-settings.js'
import { pruneText } from './prune-text.js'

export interface PruneOptions {
  /** Absolute path of the config. */
  readonly mainPath: string
  /** What stood after `--`. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/**
 * Evaluates a config and removes what earlier builds of its images left in Docker, by its settings, also when these switch
 * pruning off. Rejects with the engine's InfraError when that is away or refuses.
 *
 * @param input.onOutput gets what the config prints, and what was removed
 * @returns the diagnostics of the evaluation; with an error among them nothing was removed
 */
export async function pruneOnce(input: {
  readonly ports: Pick<Ports, 'clock' | 'configHost' | 'compose' | 'docker' | 'kubernetes' | 'manifests'>
  readonly options: PruneOptions
  readonly signal?: AbortSignal | undefined
  readonly onOutput?: ((text: string) => void) | undefined
}): Promise<{ readonly diagnostics: readonly Diagnostic[] }> {
  const { ports, options, onOutput = () => {} } = input
  const signal = input.signal ?? new AbortController().signal
  const evaluated = await evaluateConfig(ports, { ...options, command: 'check' }, (text) => onOutput(text), signal)
  const { linked, diagnostics } = evaluated
  try {
    if (linked === undefined) return { diagnostics }
    const { images, graph } = linked
    if (images.length === 0) {
      onOutput('Nothing to prune: the config builds no images\n')
      return { diagnostics }
    }
    const repositories = prunedRepositories(
      images.map(({ spec }) => spec),
      graph.registry,
    )
    const request = pruneRequest(graph.settings.prune ?? {}, repositories, ports.clock.now())
    onOutput(`${pruneText(await ports.docker.prune(request, signal)) ?? 'Docker prune: nothing to remove'}\n`)
    return { diagnostics }
  } finally {
    await evaluated.functions?.release()
  }
}
