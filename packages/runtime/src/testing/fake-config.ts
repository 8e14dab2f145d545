import {
  type CommandSpec,
  type ConfigRead,
  type Diagnostic,
  type EvaluationResult,
  type FunctionRef,
  type GraphSpec,
  type KubernetesManifest,
  type LocalResourceNode,
  type LogLevel,
  type ManifestSource,
  type Place,
  type SecretSpec,
  UserError,
} from '@tiltts/spec'
import type { EvaluateRequest, FunctionContext } from '../ports/config-host.js'
import type { ManifestLoad } from '../ports/manifests.js'

/** A config of the fake host: what a `tilt.config.ts` would do, as a function. */
export type FakeConfigScript = (config: FakeConfig) => void | Promise<void>

/** What a function of a fake config is given. */
export interface FakeStepContext extends FunctionContext {
  readonly signal: AbortSignal
  log(text: string): void
  /** Ends the process that all functions of this evaluation share. */
  die(signal: string): Promise<never>
  /** Never answers again. */
  block(): Promise<never>
}

export type FakeStep = (context: FakeStepContext) => unknown

export interface FakeLocalOptions extends Partial<Omit<LocalResourceNode, 'cmd' | 'serve' | 'kind' | 'name'>> {
  /** A shell command, argv, or a function. */
  readonly cmd?: string | readonly string[] | FakeStep
  readonly serveCmd?: string | readonly string[] | FakeStep
  readonly env?: Readonly<Record<string, string>>
  readonly probe?: NonNullable<LocalResourceNode['serve']>['probe']
  readonly restart?: 'never' | 'on-failure'
  readonly stopGraceMs?: number
}

/** The builders of the fake host, and what a config can do to its process. */
export interface FakeConfig {
  readonly args: readonly string[]
  readonly command: EvaluateRequest['command']
  /** Its changes die with the evaluation. */
  readonly env: Record<string, string>
  print(text: string, level?: LogLevel): void
  local(name: string, options: FakeLocalOptions): void
  /** Hands a function over under an id; `version` stands for its source. */
  fn(id: string, fn: FakeStep, version?: string): FunctionRef
  read(path: string, kind?: ConfigRead['kind']): void
  secret(value: string, replacement?: string): void
  /** Records a complaint; the evaluation goes on. */
  complain(diagnostic: Partial<Diagnostic> & Pick<Diagnostic, 'message'>): void
  /** Sets parts of the graph that have no builder here. */
  graph(part: Partial<Omit<GraphSpec, 'mainPath' | 'resources'>>): void
  /** Runs a command by the Processes that the host was made with. Rejects on any exit code but 0. */
  exec(argv: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }>
  /** `renderYaml`: the objects of manifests, as the engine reads them. Rejects with what is wrong with them. */
  render(sources: readonly ManifestSource[]): Promise<readonly KubernetesManifest[]>
  /** `k8sContext` and `k8sNamespace`. */
  readonly kubernetes: { readonly context: string; readonly namespace: string }
  exitProcess(code: number): Promise<never>
  die(signal: string): Promise<never>
  block(): Promise<never>
}

/** How a process of a config ended before its time. */
export type FakeEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'block' }

/** What has been declared so far. */
export interface FakeDraft {
  readonly config: FakeConfig
  readonly functions: ReadonlyMap<string, FakeStep>
  result(failure: readonly Diagnostic[]): EvaluationResult
}

export interface FakeDraftOptions {
  readonly request: EvaluateRequest
  readonly exec: FakeConfig['exec']
  readonly render: (sources: readonly ManifestSource[]) => Promise<ManifestLoad>
  /** Never resolves for the caller: the process is over. */
  readonly end: (end: FakeEnd) => Promise<never>
}

/** Collects what a script declares. */
export function fakeDraft({ request, exec, render, end }: FakeDraftOptions): FakeDraft {
  const resources: LocalResourceNode[] = []
  const diagnostics: Diagnostic[] = []
  const secrets: SecretSpec[] = []
  const functions = new Map<string, FakeStep>()
  const reads = new Map<string, ConfigRead>()
  let parts: Partial<GraphSpec> = {}

  const fn = (id: string, step: FakeStep, version = String(step)): FunctionRef => {
    functions.set(id, step)
    return { $fn: id, hash: `${id}#${version}` }
  }
  const commandOf = (id: string, command: string | readonly string[] | FakeStep): CommandSpec => {
    if (typeof command === 'function') return { fn: fn(id, command), display: `function ${id}` }
    if (typeof command === 'string') return { argv: ['sh', '-c', command], display: command }
    return { argv: command, display: command.join(' ') }
  }
  const config: FakeConfig = {
    args: request.args,
    command: request.command,
    env: { ...request.env },
    print: (text, level = 'info') => request.onLog(`${text}\n`, level),
    local(name, { cmd, serveCmd, env = {}, probe, restart = 'never', stopGraceMs = 10_000, ...rest }) {
      // A line for each resource, in the order of the calls.
      const place: Place = { file: request.mainPath, line: resources.length + 1, column: 1 }
      const dir = request.mainPath.slice(0, request.mainPath.lastIndexOf('/')) || '/'
      resources.push({
        kind: 'local',
        name,
        place,
        labels: [],
        links: [],
        dependencies: [],
        triggerMode: undefined,
        autoInit: true,
        readyTimeoutMs: undefined,
        onDown: undefined,
        deps: [],
        ignores: [],
        outputs: [],
        allowParallel: false,
        ...rest,
        cmd: cmd === undefined ? undefined : { command: commandOf(`local:${name}/cmd`, cmd), dir, env },
        serve:
          serveCmd === undefined
            ? undefined
            : { command: commandOf(`local:${name}/serveCmd`, serveCmd), dir, env, probe, restart, stopGraceMs },
      })
    },
    fn,
    read: (path, kind = 'file') => void reads.set(`${kind} ${path}`, { path, kind }),
    secret: (value, replacement = '[redacted secret]') => void secrets.push({ value, replacement }),
    complain: (diagnostic) =>
      void diagnostics.push({ code: 'config/failed', severity: 'error', places: [], ...diagnostic }),
    graph(part) {
      parts = { ...parts, ...part }
    },
    exec,
    async render(sources) {
      const { documents, diagnostics: found, reads: all } = await render(sources)
      for (const read of all) config.read(read.path, read.kind)
      if (found.some(({ severity }) => severity === 'error')) throw new UserError(found)
      diagnostics.push(...found)
      return documents.map(({ object }) => object)
    },
    kubernetes: request.kubernetes ?? { context: '', namespace: '' },
    exitProcess: (code) => end({ kind: 'exit', code }),
    die: (signal) => end({ kind: 'signal', signal }),
    block: () => end({ kind: 'block' }),
  }
  config.read(request.mainPath)

  return {
    config,
    functions,
    result(failure) {
      const all = [...failure, ...diagnostics]
      const good = !all.some(({ severity }) => severity === 'error')
      const graph: GraphSpec = {
        mainPath: request.mainPath,
        resources,
        images: [],
        compose: [],
        composeResources: [],
        settings: {},
        args: [],
        positionals: [],
        selection: { kind: 'all' },
        watchIgnores: [],
        secrets,
        env: {},
        ...parts,
      }
      return {
        graph: good ? graph : undefined,
        diagnostics: all,
        reads: [...reads.values()],
        secrets,
        hasFunctions: functions.size > 0,
      }
    },
  }
}
