import type { LinkContext, ResolvedKubernetes } from '@tiltts/core/graph'
import { secretsOf, workloadKey, workloadsOf } from '@tiltts/core/kubernetes'
import {
  type ConfigRead,
  type Diagnostic,
  type FunctionRef,
  type GraphSpec,
  isTiltError,
  type KubernetesGraph,
  type KubernetesManifest,
  type ManifestDocument,
  type ManifestNode,
  type Place,
  type SecretSpec,
  UserError,
} from '@tiltts/spec'
import type { FunctionHost } from '../../ports/config-host.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import type { Manifests } from '../../ports/manifests.js'

/** What a config says of Kubernetes, read and put into the user's words. */
export interface ResolveKubernetes {
  readonly kubernetes?: ResolvedKubernetes | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** All that decided it, also of what could not be read. */
  readonly reads: readonly ConfigRead[]
  /** Values that stand in its Secrets. */
  readonly secrets: readonly SecretSpec[]
}

export interface ResolveDeps {
  readonly manifests: Manifests
  readonly kubernetes: Pick<Kubernetes, 'context'>
  readonly functions: FunctionHost
  readonly env: Readonly<Record<string, string>>
}

/** Charts of many objects take their time; a function that only changes what it is given does not. */
const functionMs = 30_000

/**
 * Reads all manifests of a graph, has the config's functions transform them and name the workloads, and finds the context
 * they go to. What the user or the world did wrong is in the diagnostics.
 */
export async function resolveKubernetes(
  deps: ResolveDeps,
  graph: GraphSpec,
  signal: AbortSignal,
): Promise<ResolveKubernetes> {
  const { kubernetes } = graph
  if (kubernetes === undefined) return { diagnostics: [], reads: [], secrets: [] }
  const [loads, context] = await Promise.all([
    Promise.all(kubernetes.manifests.map((node) => loadNode(deps, graph, node, signal))),
    contextOf(deps, kubernetes),
  ])
  const documents = loads.map((load) => load.documents)
  const names = await nameWorkloads(deps, graph, kubernetes, documents, signal)
  return {
    kubernetes: { documents, names: names.names, context: context.context },
    diagnostics: [...loads.flatMap(({ diagnostics }) => diagnostics), ...names.diagnostics, ...context.diagnostics],
    reads: loads.flatMap(({ reads }) => reads),
    secrets: loads.flatMap((load) =>
      [...load.loaded, ...(load.documents ?? [])].flatMap(({ object }) => secretsOf(object)),
    ),
  }
}

interface NodeLoad {
  /** As they were read: what a function takes out is a secret all the same. */
  readonly loaded: readonly ManifestDocument[]
  /** After `transform`; absent when something went wrong. */
  readonly documents: readonly ManifestDocument[] | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly reads: readonly ConfigRead[]
}

async function loadNode(
  deps: ResolveDeps,
  graph: GraphSpec,
  { sources, transform, place }: ManifestNode,
  signal: AbortSignal,
): Promise<NodeLoad> {
  const places = place === undefined ? [] : [place]
  let load: Awaited<ReturnType<Manifests['load']>>
  try {
    load = await deps.manifests.load(sources, signal)
  } catch (error) {
    return { loaded: [], documents: undefined, reads: [], diagnostics: [complaint(error, places, signal)] }
  }
  const { documents: loaded, reads } = load
  // What is in no file, like a chart that is not there, is in the config.
  const diagnostics = load.diagnostics.map((one) => (one.places.length === 0 ? { ...one, places } : one))
  if (diagnostics.some(isError)) return { loaded, documents: undefined, reads, diagnostics }
  if (transform === undefined) return { loaded, documents: loaded, reads, diagnostics }
  try {
    return { loaded, documents: await transformed(deps, graph, loaded, transform, signal), reads, diagnostics }
  } catch (error) {
    return { loaded, documents: undefined, reads, diagnostics: [...diagnostics, complaint(error, places, signal)] }
  }
}

/** One call for all of them; what the function gives back for each takes its place, `null` takes it out. */
async function transformed(
  deps: ResolveDeps,
  graph: GraphSpec,
  documents: readonly ManifestDocument[],
  fn: FunctionRef,
  signal: AbortSignal,
): Promise<readonly ManifestDocument[]> {
  if (documents.length === 0) return []
  const results = await call(
    deps,
    graph,
    fn,
    documents.map(({ object }) => object),
    signal,
  )
  return documents.flatMap(({ place }, index) => {
    const object = results[index] as KubernetesManifest | null | undefined
    return object === null || object === undefined ? [] : [{ object, place }]
  })
}

async function nameWorkloads(
  deps: ResolveDeps,
  graph: GraphSpec,
  { nameWorkloads: naming, kinds, imagePaths }: KubernetesGraph,
  documents: readonly (readonly ManifestDocument[] | undefined)[],
  signal: AbortSignal,
): Promise<{ readonly names?: ReadonlyMap<string, string>; readonly diagnostics: readonly Diagnostic[] }> {
  if (naming === undefined) return { diagnostics: [] }
  // With something missing there is nothing to be linked, and nothing to be named.
  const all = documents.flatMap((list) => list ?? [])
  const ids = documents.includes(undefined) ? [] : workloadsOf(all, kinds, imagePaths, graph.images)
  if (ids.length === 0) return { names: new Map(), diagnostics: [] }
  try {
    const names = await call(deps, graph, naming.fn, ids, signal)
    return { names: new Map(ids.map((id, index) => [workloadKey(id), String(names[index])])), diagnostics: [] }
  } catch (error) {
    const places = naming.place === undefined ? [] : [naming.place]
    return { names: new Map(), diagnostics: [complaint(error, places, signal)] }
  }
}

async function call(
  { functions, env }: ResolveDeps,
  { mainPath }: GraphSpec,
  { $fn: fnId }: FunctionRef,
  list: readonly unknown[],
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const dir = mainPath.slice(0, mainPath.lastIndexOf('/')) || '/'
  const context = { resource: '', env, dir, inputs: {}, changedFiles: [] }
  const value = await functions.call({ fnId, context, args: [list], timeoutMs: functionMs, onLog: () => {} }, signal)
  return Array.isArray(value) ? value : []
}

async function contextOf(
  { kubernetes }: ResolveDeps,
  { manifests, resources, forwards, customDeploys }: KubernetesGraph,
): Promise<{ readonly context?: LinkContext | undefined; readonly diagnostics: readonly Diagnostic[] }> {
  const isNeeded = [manifests, resources, forwards, customDeploys].some((list) => list.length > 0)
  if (!isNeeded) return { diagnostics: [] }
  try {
    return { context: await kubernetes.context(), diagnostics: [] }
  } catch (error) {
    const first = [...manifests, ...customDeploys, ...forwards, ...resources].find(({ place }) => place !== undefined)
    return { diagnostics: [complaint(error, first?.place === undefined ? [] : [first.place])] }
  }
}

/** What was thrown by the user's functions or by the world. */
function complaint(error: unknown, places: readonly Place[], signal?: AbortSignal): Diagnostic {
  if (signal?.aborted) return { code: 'config/canceled', severity: 'error', message: 'build canceled', places: [] }
  if (!isTiltError(error) || error.class === 'bug') throw error
  const first = error instanceof UserError ? error.diagnostics[0] : undefined
  if (first !== undefined) return { ...first, places: first.places.length > 0 ? first.places : places }
  return { code: error.code, severity: 'error', message: error.message, places }
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error'
}
