import type { ManifestReading } from '@tiltts/core/manifests'
import type { Files, ManifestLoad, Processes } from '@tiltts/runtime/ports'
import type { ConfigRead, Diagnostic, HelmSource } from '@tiltts/spec'
import { type CommandRun, runCommand } from '../../compose/run-command.js'
import { renderFailure } from '../render-failure.js'
import type { RenderMemory } from '../render-memory.js'
import type { TextReader } from '../text-reader.js'
import { toolFinder } from '../tools.js'
import { type Chart, chartFolders, readChart, templateFile } from './chart.js'
import { helmArgs } from './helm-argv.js'
import { documentsIn, isDeployed, templatePlace } from './helm-documents.js'
import { helmFailure } from './helm-failure.js'
import { helmTool } from './helm-tool.js'
import { withRepository } from './remote-chart.js'

export interface HelmLoaderParts {
  readonly processes: Processes
  readonly files: Files
  readonly env: Readonly<Record<string, string>>
  readonly memory: RenderMemory
  readonly read: TextReader
}

/** Loads what `helm template` makes of charts. */
export function helmLoader(parts: HelmLoaderParts): (source: HelmSource, signal: AbortSignal) => Promise<ManifestLoad> {
  const { processes, files, env, memory } = parts
  const findHelm = toolFinder(parts, [helmTool])

  /** Runs `helm template` for a chart of this machine, or one that has to be fetched. */
  const template = async (source: HelmSource, argv: readonly string[], signal: AbortSignal): Promise<CommandRun> => {
    const { remote, chart } = source
    const run = (more: readonly string[], changes: Readonly<Record<string, string>> = {}): Promise<CommandRun> =>
      runCommand(processes, { argv: [...argv, ...more], dir: chart, env: { ...env, ...changes }, signal })
    if (remote === undefined) return run(helmArgs(source, chart))
    return withRepository({ processes, env, helm: argv, chart, remote, signal }, ({ named, flags, changes }) =>
      run([...helmArgs(source, named), ...flags], changes),
    )
  }

  const render = async (
    source: HelmSource,
    argv: readonly string[],
    chart: Chart | undefined,
    signal: AbortSignal,
  ): Promise<ManifestReading> => {
    const run = await template(source, argv, signal)
    const fileOf = (named: string): string | undefined =>
      chart === undefined ? undefined : templateFile(files, chart, named)
    if (run.exitCode !== 0) {
      const words = run.started ? run.stderr : `${run.reason}`
      const failure = await helmFailure(words, run.exitCode, { files, source, fileOf })
      return { documents: [], diagnostics: [failure] }
    }
    const name = `what helm makes of ${source.chart}`
    const placeOf = (part: Parameters<typeof templatePlace>[0]): ReturnType<typeof templatePlace> =>
      templatePlace(part, fileOf)
    const reading = await parts.read({ text: run.stdout, name, placeOf }, signal)
    const documents = documentsIn(source.namespace, reading.documents.filter(isDeployed))
    return { documents, diagnostics: reading.diagnostics }
  }

  return async (source, signal) => {
    const chart = source.remote === undefined ? await readChart(files, source.chart) : undefined
    const folders = chart === undefined ? [] : chartFolders(chart)
    const reads: readonly ConfigRead[] = [
      ...folders.map((path) => ({ path, kind: 'tree' as const })),
      ...source.values.map((path) => ({ path, kind: 'file' as const })),
    ]
    const failed = (diagnostic: Diagnostic): ManifestLoad => ({ documents: [], diagnostics: [diagnostic], reads })

    const absent = [...(chart === undefined ? [] : [source.chart]), ...source.values].find(
      (path) => !files.exists(path),
    )
    if (absent !== undefined) {
      const what = absent === source.chart ? 'no folder' : 'no file of values'
      return failed(renderFailure('helm/failed', `helm(): there is ${what} ${absent}`, [], 'Check the path'))
    }
    const tool = await findHelm()
    signal.throwIfAborted()
    if ('missing' in tool) {
      const hint = 'Install helm 3 (helm.sh/docs/intro/install), and see that it is on the PATH'
      return failed(renderFailure('helm/missing', `helm cannot be used: ${tool.missing}`, [], hint))
    }
    const inputs = {
      identity: ['helm', ...helmArgs(source, source.chart), source.remote?.repoUrl ?? ''],
      paths: [...folders, ...source.values],
      more: [tool.version, ...helmSettings(env)],
      remote: source.remote !== undefined && !isExact(source),
    }
    const found = await memory.recall(inputs, () => render(source, tool.argv, chart, signal), signal)
    return { ...found, reads }
  }
}

/** What helm itself takes from the environment. */
function helmSettings(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env)
    .filter(([name]) => name.startsWith('HELM_'))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
}

/** A version or a digest, which can mean only one chart. */
function isExact({ chart, remote }: HelmSource): boolean {
  const version = remote?.version
  if (version !== undefined) return /^v?\d+\.\d+\.\d+([-+]\S*)?$/.test(version)
  return /@sha256:[0-9a-f]{64}$/.test(chart)
}
