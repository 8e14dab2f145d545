import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, onTestFinished } from 'vitest'
import { systemClock } from '../../packages/adapters/src/clock/index.js'
import { createCompose } from '../../packages/adapters/src/compose/index.js'
import { createDocker } from '../../packages/adapters/src/docker/index.js'
import { createProcesses } from '../../packages/adapters/src/processes/index.js'
import { createLogStore } from '../../packages/core/src/logs/index.js'
import { createStore } from '../../packages/core/src/store/index.js'
import { createManager } from '../../packages/runtime/src/controllers/manager.js'
import { disableSourceOf } from '../../packages/runtime/src/controllers/switch-state.js'
import { createTasks } from '../../packages/runtime/src/controllers/tasks.js'
import { dockerServices } from '../../packages/runtime/src/docker-services.js'
import {
  annotation,
  type DockerComposeServiceStatus,
  disableConfigMapName,
  type TiltError,
} from '../../packages/spec/src/index.js'
import { type EngineProxy, engineProxy } from './engine-proxy.js'

const run = promisify(execFile)

/** The docker command. */
export const docker = (...args: readonly string[]): Promise<unknown> => run('docker', [...args])
export interface Definition {
  /** For `sh -c`. */
  readonly script: string
  readonly scale?: number
  readonly tty?: boolean
  readonly restart?: string
  /** For `sh -c`, every 300 ms. */
  readonly health?: string
}

type Definitions = Readonly<Record<string, Definition>>

/** The controllers of services on the engine of this machine, for a project of their own that is gone after the test. */
export interface ServiceWorld {
  readonly door: EngineProxy
  /** Of the project. */
  readonly name: string
  /** Writes the compose file anew; the engine is not told. */
  write(definitions: Definitions): Promise<void>
  status(service: string): DockerComposeServiceStatus | undefined
  /** Lines of a service's log. */
  log(service: string): readonly string[]
  /** What the session itself said. */
  session(): string
  until(what: () => boolean): Promise<void>
  up(...services: readonly string[]): Promise<void>
  recreate(service: string): Promise<void>
  /** What a session does with its config: from now on the services are followed. */
  begin(): Promise<void>
  disable(service: string): void
  undeclare(service: string): void
  container(service: string, number?: number): string
}

export async function serviceWorld(definitions: Definitions): Promise<ServiceWorld> {
  const name = `tiltts-services-${randomBytes(4).toString('hex')}`
  const dir = await mkdtemp(join(tmpdir(), 'tiltts-services-'))
  const file = join(dir, 'compose.yaml')
  const write = (given: Definitions): Promise<void> =>
    writeFile(file, JSON.stringify({ services: Object.fromEntries(Object.entries(given).map(serviceOf)) }))
  await write(definitions)

  const door = await engineProxy(join(dir, 'engine.sock'))
  const env = { ...process.env, DOCKER_HOST: door.host } as Record<string, string>
  const clock = systemClock()
  const processes = createProcesses({ sessionId: name, stateFolder: join(dir, '.state'), reaper: false })
  const engine = createDocker({ processes, env })
  const compose = createCompose({ processes, env })
  let uids = 0
  const store = createStore({ now: clock.now, uid: () => `uid-${++uids}` })
  const logs = createLogStore({ now: clock.now })
  logs.span({ id: 'global', resource: '', source: 'build' })
  const errors: TiltError[] = []
  const tasks = createTasks((error) => errors.push(error))
  const start = (): (() => Promise<void>) => {
    const parts = dockerServices({
      store,
      docker: engine,
      compose,
      clock,
      logs,
      tasks,
      command: 'dev',
      say: (text, level) => logs.append('global', `${text}\n`, level),
      wake: (controller) => (name) => manager.wake(controller, name),
    })
    const manager = createManager({
      store,
      clock,
      controllers: parts.controllers,
      onFatal: (error) => errors.push(error),
      onRetry: (error) => errors.push(error),
    })
    manager.start()
    return async () => {
      manager.stop()
      await parts.close()
    }
  }
  let end = async (): Promise<void> => {}
  const project = { name, dir, files: [file], wait: false }
  const signal = new AbortController().signal

  onTestFinished(async () => {
    await end()
    await tasks.ended()
    await compose.down({ project, volumes: true, onOutput: () => {} }, signal)
    await engine.close()
    await processes.close(0)
    await door.shut()
    await rm(dir, { recursive: true, force: true })
    expect(errors).toEqual([])
  })

  const status = (service: string) => store.get('DockerComposeService', service)?.status
  const log = (service: string): string[] => logs.tail(service, 1_000_000).map(({ message }) => message)
  const until = async (what: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 1500 && !what(); turn++) await sleep(20)
    expect(what()).toBe(true)
  }

  return {
    door,
    name,
    write,
    status,
    log,
    session: (): string => log('').join('\n'),
    until,
    async up(...names: string[]) {
      const request = { project, services: names, onOutput: () => {}, wait: false }
      expect(await compose.up({ ...request, recreate: false }, signal)).toEqual({ exitCode: 0 })
    },
    async recreate(service: string) {
      const request = { project, services: [service], onOutput: () => {}, wait: false, recreate: true }
      expect(await compose.up(request, signal)).toEqual({ exitCode: 0 })
    },
    async begin() {
      end = start()
      store.update({ by: 'test' }, (tx) => {
        tx.put('Cluster', 'docker', { connection: { docker: {} } }, {})
        for (const service of Object.keys(definitions)) {
          const spec = { service, project, disableSource: disableSourceOf(service) }
          const status = { known: false, containers: [], portBindings: [], startedOnce: false, completedOnce: false }
          tx.put('DockerComposeService', service, spec, status, { annotations: { [annotation.resource]: service } })
          tx.put('ConfigMap', disableConfigMapName(service), { data: { isDisabled: 'false' } }, {})
        }
      })
      await until(() => Object.keys(definitions).every((service) => status(service)?.known === true))
    },
    disable: (service: string) =>
      store.update({ by: 'test' }, (tx) =>
        tx.spec('ConfigMap', disableConfigMapName(service), () => ({ data: { isDisabled: 'true' } })),
      ),
    undeclare: (service: string) =>
      store.update({ by: 'test' }, (tx) => {
        tx.delete('DockerComposeService', service)
        tx.delete('ConfigMap', disableConfigMapName(service))
      }),
    container: (service: string, number = 1): string => `${name}-${service}-${number}`,
  }
}

function serviceOf([name, definition]: [string, Definition]): [string, unknown] {
  const { script, scale, tty, restart, health } = definition
  const escaped = (text: string): readonly string[] => ['sh', '-c', text.replaceAll('$', '$$$$')]
  return [
    name,
    {
      image: 'busybox',
      command: escaped(script),
      stop_grace_period: '3s',
      ...(scale !== undefined && { scale }),
      ...(tty !== undefined && { tty }),
      ...(restart !== undefined && { restart }),
      ...(health !== undefined && {
        healthcheck: {
          test: ['CMD-SHELL', health.replaceAll('$', '$$$$')],
          interval: '300ms',
          retries: 1,
          timeout: '2s',
        },
      }),
    },
  ]
}
