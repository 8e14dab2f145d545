import { createLogStore } from '@tiltts/core/logs'
import type { CustomImageNode, DockerImageNode, ImageNode, ImageSpec } from '@tiltts/spec'
import { functionRegistry } from '../../functions/registry.js'
import type { FunctionCall } from '../../ports/config-host.js'
import type { Docker } from '../../ports/docker.js'
import type { Records } from '../../ports/records.js'
import { manualClock } from '../../testing/fake-clock.js'
import { type FakeDocker, fakeDocker } from '../../testing/fake-docker.js'
import { type FakeFiles, fakeFiles } from '../../testing/fake-files.js'
import { fakeHelper } from '../../testing/fake-helper.js'
import { fakeLogArchive } from '../../testing/fake-log-archive.js'
import { type FakeProcesses, type FakeProgram, fakeProcesses } from '../../testing/fake-processes.js'
import { fakeRecords } from '../../testing/fake-records.js'
import { bringImageUpToDate } from './bring-up-to-date.js'
import type { BaseImage, ImageDeps, ImageEnd, ImageJob } from './image-job.js'
import { imageRecords } from './image-record.js'
import { registryDigests } from './registry-digests.js'

export const dockerNode: DockerImageNode = {
  build: 'docker',
  ref: 'shop/api',
  place: undefined,
  context: '/app',
  dockerfile: { path: '/app/Dockerfile', contents: 'FROM busybox\nARG MODE\nCOPY . /srv\nCMD ["serve"]' },
  ignores: [{ basePath: '/app', patterns: ['*.log'] }],
  buildArgs: { MODE: 'dev' },
  matchInEnvVars: false,
  pull: false,
  cacheFrom: [],
  extraTags: [],
  extraHosts: [],
  ssh: [],
  secrets: [],
}

export const customNode: CustomImageNode = {
  build: 'custom',
  ref: 'shop/api',
  place: undefined,
  ignores: [],
  matchInEnvVars: false,
  command: { argv: ['make', 'image'], display: 'make image' },
  dir: '/app',
  env: {},
  deps: ['/app'],
  skipsLocalDocker: false,
  disablePush: false,
  imageDeps: [],
}

/** What a test may change between two builds. */
export interface ImageWorld {
  readonly files: FakeFiles
  readonly docker: FakeDocker
  readonly processes: FakeProcesses
  readonly clock: ReturnType<typeof manualClock>
  node: ImageNode
  env: Record<string, string>
  bases: readonly BaseImage[]
  spec: Partial<ImageSpec>
  /** In place of parts of the engine and of what else there is. */
  engine: Partial<Docker>
  deps: Partial<ImageDeps>
  job: Partial<ImageJob>
  readonly log: string[]
  /** Calls of functions of the config, which answer with this. */
  answer: (call: FunctionCall) => unknown
  /** Brings the image up to date, in the same session or in the next one. */
  run(session?: 'same' | 'next'): Promise<ImageEnd>
}

/** An image, and all that it is made of. */
export function imageWorld(
  node: ImageNode,
  options: { readonly records?: Records; readonly programs?: Readonly<Record<string, FakeProgram>> } = {},
): ImageWorld {
  const clock = manualClock()
  const files = fakeFiles(
    {
      '/app/Dockerfile': '',
      '/app/main.js': 'one',
      '/app/lib/util.js': 'one',
      '/app/noise.log': 'one',
      '/home/token': 'secret',
    },
    clock.now,
  )
  const docker = fakeDocker({ clock, files })
  const processes = fakeProcesses({ clock, programs: options.programs ?? {} })
  const stored = options.records ?? fakeRecords()
  const functions = functionRegistry()
  functions.replace({
    call: async (call) => world.answer(call),
    argv: () => [],
    release: async () => {},
  })
  let records = imageRecords(stored, 'p')
  const world: ImageWorld = {
    files,
    docker,
    processes,
    clock,
    node,
    env: {},
    bases: [],
    spec: {},
    engine: {},
    deps: {},
    job: {},
    log: [],
    answer: () => undefined,
    async run(session = 'same') {
      // What changed before this moment is not taken for a change during the build.
      await clock.advance(1)
      if (session === 'next') records = imageRecords(stored, 'p')
      const engine: Docker = { ...docker, ...world.engine }
      const deps: ImageDeps = {
        docker: engine,
        files,
        processes,
        functions,
        clock,
        records,
        helper: fakeHelper,
        registries: registryDigests(engine),
        env: world.env,
        logs: createLogStore({ now: clock.now, archive: fakeLogArchive() }),
        ...world.deps,
      }
      const spec: ImageSpec = {
        node: world.node,
        repository: 'shop/api',
        dependsOn: [],
        watch: 'image:shop_api',
        inputs: ['/app'],
        deployedBy: ['api'],
        helper: false,
        definitionHash: '',
        ...world.spec,
      }
      const job: ImageJob = {
        name: 'shop_api',
        spec,
        bases: world.bases,
        force: false,
        useRecords: true,
        resource: 'api',
        changedFiles: [],
        log: (text) => void world.log.push(text),
        onStage: () => {},
        ...world.job,
      }
      return bringImageUpToDate(deps, job, new AbortController().signal)
    },
  }
  return world
}

/** Whether the builder, or the command, had to be called. Throws when there is no image. */
export function wasBuilt(end: ImageEnd): boolean {
  if (!end.ok) throw new Error(end.error)
  return !end.result.reused
}
