import {
  type FileExplanation,
  type Kind,
  kinds,
  type LogLine,
  type ResourceGraph,
  type Timeline,
  type WatchEvent,
  type Why,
  type WireOf,
} from '@tiltts/spec'
import { type Call, type Endpoint, linesOf, send, textOf } from './transport.js'

export interface WatchOptions {
  /** Only the object of this name. */
  readonly name?: string
  readonly signal?: AbortSignal
}

export interface LogOptions {
  readonly resources?: readonly string[] | undefined
  readonly source?: string | undefined
  readonly level?: string | undefined
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined
  readonly tail?: number | undefined
  readonly follow?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

export interface ReadOptions {
  /** The form in which the answer is wanted. @default 'application/json' */
  readonly accept?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Typed access to a running session. Every call rejects with an ApiFailure when the server refuses. */
export interface Client {
  list<K extends Kind>(kind: K): Promise<readonly WireOf<K>[]>
  get<K extends Kind>(kind: K, name: string): Promise<WireOf<K>>
  /** Everything there is, then each change, until the signal is aborted or the session ends. */
  watch<K extends Kind>(kind: K, options?: WatchOptions): AsyncIterable<WatchEvent<WireOf<K>>>
  create<K extends Kind>(
    kind: K,
    name: { name: string } | { generateName: string },
    spec: WireOf<K>['spec'],
  ): Promise<WireOf<K>>
  /** JSON merge patch. */
  patch<K extends Kind>(kind: K, name: string, patch: object): Promise<WireOf<K>>
  logs(options?: LogOptions): AsyncIterable<readonly LogLine[]>
  /** The JSON at any path of the server. */
  read(path: string, options?: ReadOptions): Promise<unknown>
  /** The JSON lines at any path of the server, in the batches in which they come. */
  stream(path: string, options?: ReadOptions): AsyncIterable<readonly unknown[]>
  /** Any other call, answered in JSON. */
  call<T>(call: Call): Promise<T>
  /** Why a resource is where it is. */
  why(resource: string): Promise<Why>
  /** What an edit of a path would do. */
  explainFile(path: string): Promise<FileExplanation>
  /** Who needs whom; `blockers`: only what waits, and what is waited for. */
  graph(options?: { readonly blockers?: boolean }): Promise<ResourceGraph>
  /** What updates spent their time on; without names, those of all resources. */
  timeline(resources?: readonly string[]): Promise<Timeline>
}

/** A client of the session at an endpoint. Nothing is sent before the first call. */
export function createClient(endpoint: Endpoint): Client {
  const json = async (...call: Parameters<typeof send>): Promise<never> =>
    JSON.parse(await textOf(await send(...call))) as never
  return {
    list: async (kind) =>
      ((await json(endpoint, { method: 'GET', path: pathOf(kind) })) as { items: readonly never[] }).items,
    get: (kind, name) => json(endpoint, { method: 'GET', path: pathOf(kind, name) }),
    async *watch(kind, { name, signal } = {}) {
      const selector = name === undefined ? '' : `&fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`
      const answer = await send(endpoint, { method: 'GET', path: `${pathOf(kind)}?watch=1${selector}`, signal })
      for await (const lines of linesOf(answer)) for (const line of lines) yield JSON.parse(line)
    },
    create: (kind, metadata, spec) =>
      json(endpoint, {
        method: 'POST',
        path: pathOf(kind),
        body: { apiVersion: 'tilt.dev/v1alpha1', kind, metadata, spec },
      }),
    patch: (kind, name, patch) =>
      json(endpoint, {
        method: 'PATCH',
        path: pathOf(kind, name),
        contentType: 'application/merge-patch+json',
        body: patch,
      }),
    call: (call) => json(endpoint, call),
    async *logs({ signal, ...options } = {}) {
      const answer = await send(endpoint, { method: 'GET', path: `/api/logs?${logQuery(options)}`, signal })
      for await (const lines of linesOf(answer)) yield lines.map((line) => JSON.parse(line) as LogLine)
    },
    read: (path, options) => json(endpoint, { method: 'GET', path, ...options }),
    async *stream(path, options) {
      const answer = await send(endpoint, { method: 'GET', path, ...options })
      for await (const lines of linesOf(answer)) yield lines.map((line) => JSON.parse(line) as unknown)
    },
    why: (resource) => json(endpoint, { method: 'GET', path: `/api/why?${new URLSearchParams({ resource })}` }),
    explainFile: (path) =>
      json(endpoint, { method: 'GET', path: `/api/explain-file?${new URLSearchParams({ path })}` }),
    graph: ({ blockers = false } = {}) =>
      json(endpoint, { method: 'GET', path: `/api/graph${blockers ? '?blockers=1' : ''}` }),
    timeline: (resources = []) =>
      json(endpoint, {
        method: 'GET',
        path: `/api/timeline?${new URLSearchParams(resources.map((name): [string, string] => ['resource', name]))}`,
      }),
  }
}

/** Where objects of a kind are served, or the one of a name. */
export function pathOf(kind: Kind, name?: string): string {
  return `/apis/tilt.dev/v1alpha1/${kinds[kind].plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`
}

function logQuery({ resources, source, level, since, tail, follow }: Omit<LogOptions, 'signal'>): URLSearchParams {
  const query = new URLSearchParams()
  for (const resource of resources ?? []) query.append('resource', resource)
  if (source !== undefined) query.set('source', source)
  if (level !== undefined) query.set('level', level)
  if (since !== undefined) query.set('since', String(since))
  if (tail !== undefined) query.set('tail', String(tail))
  if (follow) query.set('follow', '1')
  return query
}
