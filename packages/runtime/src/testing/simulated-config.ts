import type {
  ComposeNode,
  ComposeResourceNode,
  DependencySpec,
  EdgeKind,
  GraphSpec,
  ImageNode,
  LiveUpdateSpec,
  ProbeAction,
  ProbeSpec,
  RegistrySpec,
  SettingsSpec,
  StepSpec,
} from '@tiltts/spec'
import { UserError } from '@tiltts/spec'
import type { FakeConfig, FakeConfigScript, FakeLocalOptions, FakeStep } from './fake-config.js'
import type { FakeFiles } from './fake-files.js'
import { type SimulatedKubernetes, simulatedKubernetes } from './simulated-kubernetes.js'

/** A local resource as a test writes it. Paths are relative to the folder of the config. */
export interface SimulatedLocal
  extends Pick<
    FakeLocalOptions,
    | 'cmd'
    | 'serveCmd'
    | 'env'
    | 'deps'
    | 'outputs'
    | 'labels'
    | 'restart'
    | 'stopGraceMs'
    | 'triggerMode'
    | 'autoInit'
    | 'allowParallel'
    | 'readyTimeoutMs'
  > {
  readonly ignore?: readonly string[]
  /** `db`, or with another edge than the plain one `ready:db`. */
  readonly needs?: readonly string[]
  readonly links?: readonly string[]
  /** A shell command. */
  readonly onDown?: string
  readonly probe?: Partial<ProbeSpec> & { readonly action: ProbeAction }
  /** A probe that is a function. */
  readonly check?: FakeStep
}

/** A live update as a test writes it. Paths are relative to the folder of the config. */
export interface SimulatedLiveUpdate {
  /** From a local path to one in the container. */
  readonly syncs: Readonly<Record<string, string>>
  /** Commands, with what triggers them. */
  readonly runs?: Readonly<Record<string, readonly string[]>>
  readonly stop?: readonly string[]
  readonly restart?: 'container' | 'process'
  readonly initialSync?: boolean
}

export interface SimulatedImage {
  readonly liveUpdate?: SimulatedLiveUpdate
  readonly buildArgs?: Readonly<Record<string, string>>
  readonly ignore?: readonly string[]
}

/** What a config can do in a simulation: all that the fake host offers, and builders that need less typing. */
export interface SimulatedConfig extends Omit<FakeConfig, 'local' | 'read'>, SimulatedKubernetes {
  /** `dockerCompose(file)`. */
  compose(file: string): void
  /** `dcResource(service, options)`. */
  service(name: string, options: Pick<ComposeResourceNode, 'triggerMode' | 'autoInit'>): void
  /** `dockerBuild(ref, context, options)`; the Dockerfile is read from the context. */
  image(ref: string, context: string, options?: SimulatedImage): void
  local(name: string, options: SimulatedLocal): void
  settings(settings: SettingsSpec): void
  /** `defaultRegistry(host, options)`. */
  registry(registry: Omit<RegistrySpec, 'place'>): void
  /** Only these take part, with all they need. */
  enable(names: readonly string[]): void
  /** The text of a file, read as part of the config; `undefined` when there is none. */
  read(path: string): string | undefined
  readTree(path: string): void
  warn(message: string): void
  fail(message: string): never
}

export type SimulatedScript = (config: SimulatedConfig) => void | Promise<void>

const timing = { initialDelayMs: 0, periodMs: 10_000, timeoutMs: 1000, successThreshold: 1, failureThreshold: 3 }

/** The script for the fake host. `.tiltignore` is read from the files beside the config, plain words enable resources. */
export function simulatedScript(script: SimulatedScript, folder: string, files: FakeFiles): FakeConfigScript {
  const absolute = (path: string): string => (path.startsWith('/') ? path : `${folder}/${path}`)
  return (config) => {
    let settings: SettingsSpec = {}
    const images: ImageNode[] = []
    const compose: ComposeNode[] = []
    const composeResources: ComposeResourceNode[] = []
    config.graph({ positionals: config.args, watchIgnores: tiltignore(files, folder) })
    return script({
      ...config,
      ...simulatedKubernetes({ config, folder, dependency, shell }),
      local(name, options) {
        const { deps = [], outputs = [], ignore, needs = [], links = [], onDown, probe, check, ...rest } = options
        const checked = check && {
          ...timing,
          action: { kind: 'check' as const, fn: config.fn(`probe:${name}/check`, check) },
        }
        const asked = checked ?? (probe && { ...timing, ...probe })
        config.local(name, {
          ...rest,
          deps: deps.map(absolute),
          outputs: outputs.map(absolute),
          ignores: ignore === undefined ? [] : [{ basePath: folder, patterns: ignore }],
          dependencies: needs.map(dependency),
          links: links.map((url) => ({ url })),
          onDown: onDown === undefined ? undefined : shell(onDown, folder),
          ...(asked && { probe: asked }),
        })
      },
      compose(file) {
        const project = { files: [absolute(file)], dir: folder }
        compose.push({ project, wait: false, place: undefined })
        config.graph({ compose })
      },
      service(name, options) {
        composeResources.push({ ...plainService(name), ...options })
        config.graph({ composeResources })
      },
      image(ref, context, { liveUpdate, buildArgs = {}, ignore = [] } = {}) {
        const contents = files.read(`${absolute(context)}/Dockerfile`)
        images.push({
          build: 'docker',
          ref,
          place: undefined,
          context: absolute(context),
          dockerfile: { path: `${absolute(context)}/Dockerfile`, contents },
          ignores: ignore.length === 0 ? [] : [{ basePath: absolute(context), patterns: ignore }],
          buildArgs,
          matchInEnvVars: false,
          pull: false,
          cacheFrom: [],
          extraTags: [],
          extraHosts: [],
          ssh: [],
          secrets: [],
          ...(liveUpdate && { liveUpdate: liveUpdateOf(liveUpdate, absolute) }),
        })
        config.graph({ images })
      },
      settings(added) {
        settings = { ...settings, ...added }
        config.graph({ settings })
      },
      registry: (registry) => config.graph({ registry: { ...registry, place: undefined } }),
      enable: (names) =>
        config.graph({ selection: { kind: 'some', names: names.map((name) => ({ name, place: undefined })) } }),
      read(path) {
        config.read(absolute(path))
        return files.exists(absolute(path)) ? files.read(absolute(path)) : undefined
      },
      readTree: (path) => config.read(absolute(path), 'tree'),
      warn: (message) => config.complain({ code: 'config/warning', severity: 'warning', message }),
      fail(message) {
        throw new UserError([{ code: 'config/failed', severity: 'error', message, places: [] }])
      },
    })
  }
}

function liveUpdateOf(given: SimulatedLiveUpdate, absolute: (path: string) => string): LiveUpdateSpec {
  const { syncs, runs = {}, stop = [], restart, initialSync = false } = given
  return {
    syncs: Object.entries(syncs).map(([local, containerPath]) => ({
      localPath: absolute(local),
      containerPath,
      ignores: [],
    })),
    runs: Object.entries(runs).map(([display, triggers]) => ({
      argv: ['sh', '-c', display],
      display,
      triggers: triggers.map(absolute),
      echoOff: false,
    })),
    stopPaths: stop.map(absolute),
    initialSync,
    place: undefined,
    ...(restart && { restart: { what: restart, triggers: [] } }),
  }
}

function shell(text: string, dir: string): StepSpec {
  return { command: { argv: ['sh', '-c', text], display: text }, dir, env: {} }
}

function dependency(text: string): DependencySpec {
  const [edge, name] = text.includes(':') ? text.split(':') : ['first', text]
  return { name: name ?? '', edge: edge as EdgeKind, place: undefined }
}

function tiltignore(files: FakeFiles, folder: string): GraphSpec['watchIgnores'] {
  const path = `${folder}/.tiltignore`
  if (!files.exists(path)) return []
  const patterns = files.read(path).split('\n')
  return [{ basePath: folder, patterns: patterns.filter((line) => line !== '') }]
}

function plainService(name: string): ComposeResourceNode {
  return {
    service: { name, place: undefined },
    labels: [],
    links: [],
    dependencies: [],
    triggerMode: undefined,
    autoInit: undefined,
    inferLinks: undefined,
    readyTimeoutMs: undefined,
    onDown: undefined,
    place: undefined,
  }
}
