import { inNamespace, manifestMatcher, readManifests, toObjects, withNamespace } from '@tiltts/core/manifests'
import type {
  ConfigRead,
  Diagnostic,
  HelmSource,
  KustomizeSource,
  ManifestDocument,
  ManifestSource,
  NamespaceSource,
  Place,
} from '@tiltts/spec'
import type { ManifestLoad, Manifests } from '../ports/manifests.js'
import type { FakeFiles } from './fake-files.js'

export interface FakeManifestsOptions {
  readonly files: Pick<FakeFiles, 'lookAt' | 'tree'>
  /** What helm makes of charts, by their folder or name. */
  readonly charts?: Readonly<Record<string, FakeChart>> | undefined
  /** What kustomize makes of folders. */
  readonly kustomizations?: Readonly<Record<string, string>> | undefined
}

/** The text that a chart renders to. */
export type FakeChart = string | ((source: HelmSource) => string)

export interface FakeManifestsControls {
  /** Has helm render a chart to a text, from now on. */
  chart(chart: string, rendered: FakeChart): void
  /** Has kustomize build a folder to a text, from now on. */
  kustomization(dir: string, built: string): void
  /** From now on each load has this to complain about; `undefined`: no longer. */
  fail(diagnostic: Diagnostic | undefined): void
  /** The sources of all loads, oldest first. */
  loads(): readonly (readonly ManifestSource[])[]
}

export type FakeManifests = Manifests & FakeManifestsControls

/**
 * Manifests of a file system in memory. Charts and kustomizations are what a test says they render to; with charts the
 * namespace is filled in.
 *
 * @example
 * const manifests = fakeManifests({ files: fakeFiles({ '/shop/api.yaml': 'apiVersion: v1\nkind: ...' }) })
 * const { documents } = await manifests.load([{ type: 'file', path: '/shop/*.yaml' }], signal)
 */
export function fakeManifests(options: FakeManifestsOptions): FakeManifests {
  const { files } = options
  const charts = new Map(Object.entries(options.charts ?? {}))
  const kustomizations = new Map(Object.entries(options.kustomizations ?? {}))
  const loads: (readonly ManifestSource[])[] = []
  let failure: Diagnostic | undefined

  const readFile = (path: string): ManifestLoad => {
    const reads: readonly ConfigRead[] = [{ path, kind: 'file' }]
    const entry = files.lookAt(path)
    if (entry?.kind !== 'file') return complaint('config/read-failed', `there is no file ${path}`, reads)
    return { ...readManifests({ text: entry.text, name: path, file: path }), reads }
  }
  const readMatching = async (path: string): Promise<ManifestLoad> => {
    const base = path.slice(0, path.slice(0, path.search(/[*?[{]/)).lastIndexOf('/')) || '/'
    const pattern = expressionOf(path)
    const entries = await files.tree({ paths: [base], ignored: () => false, prunes: () => false })
    const found = entries.filter((one) => one.kind === 'file' && pattern.test(one.path))
    const reads: readonly ConfigRead[] = [{ path: base, kind: 'tree' }]
    if (found.length === 0) return complaint('config/read-failed', `no file matches ${path}`, reads)
    return joined([{ documents: [], diagnostics: [], reads }, ...found.map((one) => readFile(one.path))])
  }
  const readHelm = (source: HelmSource): ManifestLoad => {
    const { chart, values, namespace } = source
    const reads: readonly ConfigRead[] = [
      ...(source.remote === undefined ? [{ path: chart, kind: 'tree' as const }] : []),
      ...values.map((path) => ({ path, kind: 'file' as const })),
    ]
    const rendered = charts.get(chart)
    if (rendered === undefined) return complaint('helm/failed', `helm(): there is no folder ${chart}`, reads)
    const text = typeof rendered === 'string' ? rendered : rendered(source)
    const place = { file: `${chart}/templates/all.yaml`, line: 1, column: 1 }
    const reading = readRendered(text, `what helm makes of ${chart}`, place)
    const objects = reading.documents.map(({ object }) => object)
    const filled = namespace ? withNamespace(objects, namespace) : objects
    const documents = reading.documents.map((one, index) => ({ ...one, object: filled[index] ?? one.object }))
    return { documents, diagnostics: reading.diagnostics, reads }
  }
  const readKustomization = ({ dir }: KustomizeSource): ManifestLoad => {
    const reads: readonly ConfigRead[] = [{ path: dir, kind: 'tree' }]
    const text = kustomizations.get(dir)
    if (text === undefined) return complaint('kustomize/failed', `kustomize(): there is no folder ${dir}`, reads)
    const place = { file: `${dir}/kustomization.yaml`, line: 1, column: 1 }
    return { ...readRendered(text, `what kustomize makes of ${dir}`, place), reads }
  }

  const loadOne = async (source: ManifestSource): Promise<ManifestLoad> => {
    switch (source.type) {
      case 'file':
        return files.lookAt(source.path) === undefined && /[*?[{]/.test(source.path)
          ? readMatching(source.path)
          : readFile(source.path)
      case 'objects': {
        const all = source.objects.map((object) => toObjects(object))
        return {
          documents: all.flatMap(({ objects }) => objects.map(({ object }) => ({ object }))),
          diagnostics: all.flatMap(({ problems }) =>
            problems.flatMap(({ message }) => complaint('config/invalid-manifest', message, []).diagnostics),
          ),
          reads: [],
        }
      }
      case 'text':
        return { ...readManifests({ text: source.text, name: 'the text in the config' }), reads: [] }
      case 'helm':
        return readHelm(source)
      case 'kustomize':
        return readKustomization(source)
      case 'filter': {
        const load = joined(await Promise.all(source.sources.map(loadOne)))
        const matcher = manifestMatcher(source.selector)
        if ('problem' in matcher) return complaint('config/invalid-option', matcher.problem.message, load.reads)
        const wanted = source.keep === 'matching'
        return { ...load, documents: load.documents.filter(({ object }) => matcher.matches(object) === wanted) }
      }
      case 'namespace':
        return moved(source, joined(await Promise.all(source.sources.map(loadOne))))
    }
  }

  return {
    async load(sources, signal) {
      signal.throwIfAborted()
      loads.push(sources)
      const load = joined(await Promise.all(sources.map(loadOne)))
      signal.throwIfAborted()
      return failure === undefined ? load : { ...load, documents: [], diagnostics: [...load.diagnostics, failure] }
    },
    chart: (chart, rendered) => void charts.set(chart, rendered),
    kustomization: (dir, built) => void kustomizations.set(dir, built),
    fail: (diagnostic) => {
      failure = diagnostic
    },
    loads: () => [...loads],
  }
}

function readRendered(
  text: string,
  name: string,
  place: Place,
): { readonly documents: readonly ManifestDocument[]; readonly diagnostics: readonly Diagnostic[] } {
  return readManifests({ text, name, placeOf: () => place })
}

function joined(loads: readonly ManifestLoad[]): ManifestLoad {
  return {
    documents: loads.flatMap(({ documents }) => documents),
    diagnostics: loads.flatMap(({ diagnostics }) => diagnostics),
    reads: loads.flatMap(({ reads }) => reads),
  }
}

function moved({ namespace }: NamespaceSource, load: ManifestLoad): ManifestLoad {
  const objects = inNamespace(
    load.documents.map(({ object }) => object),
    namespace,
  )
  const documents = load.documents.map((one, index) => ({ ...one, object: objects[index] ?? one.object }))
  return { ...load, documents }
}

function complaint(code: Diagnostic['code'], message: string, reads: readonly ConfigRead[]): ManifestLoad {
  return { documents: [], diagnostics: [{ code, severity: 'error', message, places: [] }], reads }
}

/** `*`, `**`, `?` and `{a,b}`; names that begin with a dot match only where the dot is written. */
function expressionOf(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[.+^$()|[\]\\]/g, (token: string, at: number) => {
    const noDot = glob[at - 1] === '/' ? '(?!\\.)' : ''
    if (token === '**/') return '(?:(?!\\.)[^/]+/)*'
    if (token === '*' || token === '**') return `${noDot}[^/]*`
    if (token === '?') return `${noDot}[^/]`
    if (token.startsWith('{')) return `(?:${token.slice(1, -1).split(',').join('|')})`
    return `\\${token}`
  })
  return new RegExp(`^${source}$`)
}
