import type { LogLine, ResourceStatus, SessionStatus, TiltfileStatus, UIResourceStatus, Update } from '@tiltts/spec'
import { wellKnown } from '@tiltts/spec'
import type { Ports } from '../ports/ports.js'
import type { Records } from '../ports/records.js'
import { createSession } from '../session.js'
import type { Session, SessionOptions, SessionOutcome } from '../session-types.js'
import { type ManualClock, manualClock } from './fake-clock.js'
import { type FakeCompose, type FakeComposeFile, fakeCompose } from './fake-compose.js'
import { type FakeConfigHost, fakeConfigHost, fakeServerName } from './fake-config-host.js'
import { type FakeContainerProgram, type FakeDocker, fakeDocker } from './fake-docker.js'
import { type FakeFiles, fakeFiles } from './fake-files.js'
import { fakeHelper } from './fake-helper.js'
import { type FakeKubernetes, type FakeKubernetesOptions, fakeKubernetes } from './fake-kubernetes.js'
import { type FakeListeners, fakeListeners } from './fake-listeners.js'
import { fakeLogArchive } from './fake-log-archive.js'
import { fakeManifests } from './fake-manifests.js'
import { type FakeNetwork, fakeNetwork } from './fake-network.js'
import { type FakeProcesses, type FakeProgram, fakeProcesses } from './fake-processes.js'
import { fakeRecords } from './fake-records.js'
import { type SimulatedScript, simulatedScript } from './simulated-config.js'

/** Where the simulated project is. */
export const projectFolder = '/project'
const mainPath = `${projectFolder}/tilt.config.ts`

export interface SimulateOptions {
  readonly config: SimulatedScript
  /** @default 'dev' */
  readonly command?: 'dev' | 'ci'
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly colour?: boolean
  readonly ciTimeoutMs?: number
  readonly portForwards?: boolean
  /** Text by path in the project. The config itself is there unless it is given as `null`. */
  readonly files?: Readonly<Record<string, string | null>>
  readonly programs?: Readonly<Record<string, FakeProgram>>
  /** What earlier sessions have left. */
  readonly records?: Records
  /** Compose files by path in the project. */
  readonly composeFiles?: Readonly<Record<string, FakeComposeFile>>
  /** What commands do in containers. */
  readonly containerPrograms?: Readonly<Record<string, FakeContainerProgram>>
  /** The cluster, where it is to be another than a plain local one. */
  readonly kubernetes?: Partial<FakeKubernetesOptions>
  readonly dirExists?: (dir: string) => boolean
  readonly onNames?: (names: readonly string[]) => void
  /** Replaces ports by others that behave in a way worth a test. */
  readonly ports?: (ports: Ports) => Ports
}

/** The real engine in a world in memory, with time in the test's hand. */
export interface Simulation extends Session {
  readonly clock: ManualClock
  readonly files: FakeFiles
  readonly processes: FakeProcesses
  readonly network: FakeNetwork
  readonly configHost: FakeConfigHost
  readonly docker: FakeDocker
  readonly compose: FakeCompose
  readonly kubernetes: FakeKubernetes
  readonly listeners: FakeListeners
  readonly ports: Ports
  /** Lets all that is due now come to its end: afterwards only time or the world can make anything happen. */
  settled(): Promise<void>
  /** Moves time on, with all that falls due. */
  advance(ms: number): Promise<void>
  /** Writes files of the project at once and waits until the watches have told. */
  edit(files: Readonly<Record<string, string>>): Promise<void>
  /** Writes the config anew, with another script. */
  reload(config: SimulatedScript): Promise<void>
  /** Switches a resource on or off, as a client does. */
  enable(name: string, enabled: boolean): Promise<void>
  resource(name: string): ResourceStatus
  row(name: string): UIResourceStatus
  tiltfile(): TiltfileStatus
  verdict(): SessionStatus
  /** Ended updates of a resource, oldest first. */
  updates(name: string): readonly Update[]
  /** Command lines of all processes that were started, in order; a shell is left out. */
  started(): readonly string[]
  /** Command lines of the processes that run. */
  alive(): readonly string[]
  lines(resource: string): readonly LogLine[]
  /** The log of a resource as text. */
  log(resource: string): string
  /** What the session ended with; `undefined` as long as it goes on. */
  outcome(): SessionOutcome | undefined
}

/**
 * Starts a session on fakes.
 *
 * @example
 * const sim = await simulateSession({ config: (c) => c.local('web', { cmd: 'build', deps: ['src'] }), programs })
 * await sim.edit({ 'src/a.ts': 'changed' })
 * expect(sim.updates('web')).toHaveLength(2)
 */
export async function simulateSession(options: SimulateOptions): Promise<Simulation> {
  const clock = manualClock()
  const files = fakeFiles(projectFiles(options), clock.now)
  const processes = fakeProcesses({
    clock,
    programs: options.programs ?? {},
    ...(options.dirExists && { dirExists: options.dirExists }),
  })
  const network = fakeNetwork({ clock })
  const docker = fakeDocker({ clock, files, programs: options.containerPrograms ?? {} })
  docker.image('busybox:latest')
  const compose = fakeCompose({ docker, clock, files, projects: projectsOf(options) })
  const kubernetes = fakeKubernetes({ clock, files, programs: options.containerPrograms ?? {}, ...options.kubernetes })
  const listeners = fakeListeners()
  const configHost = fakeConfigHost({ clock, processes })
  processes.program(fakeServerName, configHost.serverProgram)
  const writeConfig = (script: SimulatedScript): void =>
    configHost.write(mainPath, simulatedScript(script, projectFolder, files))
  if (files.exists(mainPath)) writeConfig(options.config)
  let uids = 0
  const fakes: Ports = {
    clock,
    files,
    processes,
    network,
    configHost,
    docker,
    compose,
    kubernetes,
    manifests: fakeManifests({ files }),
    listeners,
    helper: fakeHelper,
    records: options.records ?? fakeRecords(),
    logArchive: fakeLogArchive(),
    uid: () => `uid-${++uids}`,
  }
  const ports = options.ports?.(fakes) ?? fakes
  const session = createSession({ ports, options: sessionOptions(options) })
  let outcome: SessionOutcome | undefined
  void session.finished.then((result) => {
    outcome = result
  })

  const settled = async (): Promise<void> => {
    for (let before = -1; before !== session.store.revision; ) {
      before = session.store.revision
      await clock.advance(0)
    }
  }
  const advance = async (ms: number): Promise<void> => {
    await clock.advance(ms)
    await settled()
  }

  const simulation: Simulation = {
    ...session,
    clock,
    files,
    processes,
    network,
    configHost,
    docker,
    compose,
    kubernetes,
    listeners,
    ports,
    settled,
    advance,
    async edit(changed) {
      for (const [path, text] of Object.entries(changed)) files.write(`${projectFolder}/${path}`, text)
      await advance(30)
    },
    async reload(config) {
      writeConfig(config)
      files.write(mainPath, `// ${configHost.evaluations}`)
      await advance(30)
    },
    async enable(name, enabled) {
      session.store.update({ by: 'api', resource: name }, (tx) =>
        tx.spec('ConfigMap', `${name}-disable`, () => ({ data: { isDisabled: enabled ? 'false' : 'true' } })),
      )
      await settled()
    },
    resource: (name) => must(session.store.get('Resource', name)?.status, name),
    row: (name) => must(session.store.get('UIResource', name)?.status, name),
    tiltfile: () => must(session.store.get('Tiltfile', wellKnown.tiltfile)?.status, 'the config'),
    verdict: () => must(session.store.get('Session', wellKnown.session)?.status, 'the session'),
    updates: (name) => session.store.journal.updates(name),
    started: () => processes.table().map(({ argv }) => commandLine(argv)),
    alive: () => processes.running().map(({ argv }) => commandLine(argv)),
    lines: (resource) => session.logs.tail(resource, 1000),
    log: (resource) =>
      session.logs
        .tail(resource, 1000)
        .map(({ message }) => message)
        .join('\n'),
    outcome: () => outcome,
  }
  await session.start()
  await settled()
  return simulation
}

function sessionOptions(options: SimulateOptions): SessionOptions {
  const { command = 'dev', args = [], env = {}, colour, ciTimeoutMs, portForwards, onNames } = options
  return { command, mainPath, args, env, version: '0.0.0', colour, ciTimeoutMs, portForwards, onNames }
}

function projectFiles({ files = {} }: SimulateOptions): Readonly<Record<string, string>> {
  const all: Record<string, string | null> = { 'tilt.config.ts': '', ...files }
  const present = Object.entries(all).flatMap(([path, text]) => (text === null ? [] : [[path, text] as const]))
  return Object.fromEntries(present.map(([path, text]) => [`${projectFolder}/${path}`, text]))
}

function projectsOf({ composeFiles = {} }: SimulateOptions): Readonly<Record<string, FakeComposeFile>> {
  return Object.fromEntries(Object.entries(composeFiles).map(([path, file]) => [`${projectFolder}/${path}`, file]))
}

function commandLine(argv: readonly string[]): string {
  return argv[0] === 'sh' && argv[1] === '-c' ? (argv[2] ?? '') : argv.join(' ')
}

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is not there`)
  return value
}
