import type { ManifestReading } from '@tiltts/core/manifests'
import type { Files, ManifestLoad, Processes } from '@tiltts/runtime/ports'
import type { Diagnostic, KustomizeSource } from '@tiltts/spec'
import { runCommand } from '../../compose/run-command.js'
import { renderFailure } from '../render-failure.js'
import type { RenderMemory } from '../render-memory.js'
import type { TextReader } from '../text-reader.js'
import { type FindTool, toolFinder } from '../tools.js'
import { type KustomizationReads, readKustomization } from './kustomization.js'
import { kustomizeFailure } from './kustomize-failure.js'
import { kubectlTool, kustomizeTool } from './kustomize-tool.js'

interface KustomizeLoaderParts {
  readonly processes: Processes
  readonly files: Files
  readonly env: Readonly<Record<string, string>>
  readonly memory: RenderMemory
  readonly read: TextReader
}

/** Loads what `kustomize build` makes of folders. */
export function kustomizeLoader(
  parts: KustomizeLoaderParts,
): (source: KustomizeSource, signal: AbortSignal) => Promise<ManifestLoad> {
  const { processes, files, env, memory } = parts
  const finders = new Map<string, FindTool>()

  const finderFor = (bin: string | undefined): FindTool => {
    const key = bin ?? ''
    const finder =
      finders.get(key) ?? toolFinder(parts, bin ? [kustomizeTool(bin)] : [kustomizeTool('kustomize'), kubectlTool])
    finders.set(key, finder)
    return finder
  }

  const render = async (
    { dir, flags }: KustomizeSource,
    argv: readonly string[],
    { kustomizations }: KustomizationReads,
    signal: AbortSignal,
  ): Promise<ManifestReading> => {
    const run = await runCommand(processes, { argv: [...argv, ...flags, '.'], dir, env, signal })
    if (run.exitCode !== 0) {
      const words = run.started ? run.stderr : `${run.reason}`
      return { documents: [], diagnostics: [kustomizeFailure(words, run.exitCode, kustomizations)] }
    }
    const [file] = kustomizations.keys()
    return parts.read(
      {
        text: run.stdout,
        name: `what kustomize makes of ${dir}`,
        placeOf: () => (file === undefined ? undefined : { file, line: 1, column: 1 }),
      },
      signal,
    )
  }

  return async (source, signal) => {
    const found = await readKustomization(files, source.dir)
    const { reads } = found
    const failed = (diagnostic: Diagnostic): ManifestLoad => ({ documents: [], diagnostics: [diagnostic], reads })
    if (!files.exists(source.dir)) {
      const message = `kustomize(): there is no folder ${source.dir}`
      return failed(renderFailure('kustomize/failed', message, [], 'Check the path'))
    }
    const tool = await finderFor(source.bin)()
    signal.throwIfAborted()
    if ('missing' in tool) {
      const hint = source.bin ? 'Mend `bin`, or leave it out' : undefined
      return failed(renderFailure('kustomize/missing', `kustomize cannot be used: ${tool.missing}`, [], hint))
    }
    const inputs = {
      identity: ['kustomize', source.dir, ...tool.argv, ...source.flags],
      paths: reads.map(({ path }) => path),
      more: [tool.version],
      remote: found.remote.length > 0,
    }
    const rendered = await memory.recall(inputs, () => render(source, tool.argv, found, signal), signal)
    return { reads, documents: rendered.documents, diagnostics: [...rendered.diagnostics, ...unwatched(found)] }
  }
}

function unwatched({ remote, kustomizations }: KustomizationReads): readonly Diagnostic[] {
  const [file] = kustomizations.keys()
  return remote.map((named) => ({
    code: 'kustomize/remote',
    severity: 'warning',
    message: `${named} comes from elsewhere: its changes are not seen, and are taken in by the next session`,
    places: file === undefined ? [] : [{ file, line: 1, column: 1 }],
  }))
}
