import { join, resolve } from 'node:path'
import type { Files } from '@tiltts/runtime/ports'
import type { ConfigRead } from '@tiltts/spec'
import { recordOf, recordsOf, textsOf, yamlRecord } from '../yaml-file.js'

/** All that a kustomization is built of. */
export interface KustomizationReads {
  readonly reads: readonly ConfigRead[]
  /** The files by which folders say what they are, with their texts. */
  readonly kustomizations: ReadonlyMap<string, string>
  /** What is fetched from elsewhere, and so cannot be watched. */
  readonly remote: readonly string[]
}

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** Follows a kustomization to all files and folders that it names, and those that they name. */
export async function readKustomization(
  files: Pick<Files, 'readText' | 'exists'>,
  dir: string,
): Promise<KustomizationReads> {
  const reads = new Map<string, ConfigRead>()
  const kustomizations = new Map<string, string>()
  const remote = new Set<string>()
  const seen = new Set<string>()

  const addFile = (path: string): void => void reads.set(path, { path, kind: 'file' })
  const visit = async (folder: string): Promise<void> => {
    if (seen.has(folder)) return
    seen.add(folder)
    const path = names.map((name) => join(folder, name)).find((one) => files.exists(one))
    if (path === undefined) {
      for (const name of names) addFile(join(folder, name))
      return
    }
    addFile(path)
    // What is not to be read is for kustomize to complain about.
    const text = (await files.readText(path).catch(() => undefined)) ?? ''
    kustomizations.set(path, text)
    const kustomization = yamlRecord(text)
    for (const chart of localCharts(kustomization)) {
      const at = resolve(folder, chart)
      reads.set(at, { path: at, kind: 'tree' })
    }
    for (const named of referencesOf(kustomization)) {
      if (isRemote(named)) remote.add(named)
      else await follow(resolve(folder, named))
    }
  }
  const follow = async (path: string): Promise<void> => {
    const isFolder = names.some((name) => files.exists(join(path, name)))
    if (isFolder) await visit(path)
    else addFile(path)
  }
  await visit(dir)
  return { reads: [...reads.values()], kustomizations, remote: [...remote] }
}

/** All texts in a kustomization that name files, folders or repositories. */
function referencesOf(kustomization: Readonly<Record<string, unknown>>): readonly string[] {
  const lists = [
    'resources',
    'bases',
    'components',
    'crds',
    'configurations',
    'generators',
    'transformers',
    'validators',
  ]
  const patches = ['patches', 'patchesJson6902', 'replacements']
  const generators = [...recordsOf(kustomization['configMapGenerator']), ...recordsOf(kustomization['secretGenerator'])]
  const charts = [...recordsOf(kustomization['helmCharts']), ...recordsOf(kustomization['helmChartInflationGenerator'])]
  return [
    ...lists.flatMap((field) => textsOf(kustomization[field])),
    ...textsOf(kustomization['patchesStrategicMerge']),
    ...patches.flatMap((field) => recordsOf(kustomization[field]).flatMap(({ path }) => textsOf(path))),
    ...generators.flatMap(({ files, envs, env }) => [
      ...textsOf(files).map((one) => one.slice(one.indexOf('=') + 1)),
      ...textsOf(envs),
      ...textsOf(env),
    ]),
    ...charts.flatMap(({ valuesFile, additionalValuesFiles, values }) => [
      ...textsOf(valuesFile),
      ...textsOf(additionalValuesFiles),
      ...textsOf(values),
    ]),
    ...recordsOf(kustomization['helmCharts']).flatMap(({ repo }) => textsOf(repo)),
    ...textsOf(recordOf(kustomization['openapi'])['path']),
    // Where a path may stand, YAML may, too.
  ].filter((text) => !text.includes('\n') && !text.startsWith('{'))
}

/** Folders of charts that are not fetched. */
function localCharts(kustomization: Readonly<Record<string, unknown>>): readonly string[] {
  const [home = 'charts'] = textsOf(recordOf(kustomization['helmGlobals'])['chartHome'])
  return recordsOf(kustomization['helmCharts'])
    .filter(({ repo }) => repo === undefined)
    .flatMap(({ name }) => textsOf(name).map((one) => join(home, one)))
}

/** As kustomize tells them from paths. */
function isRemote(named: string): boolean {
  return /^[\w+.-]+:\/\/|^[\w.-]+@[\w.-]+:|[?&](ref|version)=|^(github|gitlab)\.com[/:]|\.git(\/\/|$)/.test(named)
}
