import { createHash } from 'node:crypto'
import type { ComposeProject, ComposeProjectRef, ComposeService } from '@tiltts/spec'
import { afterEach, describe, expect, it } from 'vitest'
import type { Compose, ComposeEnd, ComposeLoad } from './compose.js'

/** Compose with an engine under it, and what a test needs to make happen around them. */
export interface ComposeHarness {
  readonly compose: Compose
  /** The project's folder, absolute; its last part is a good name for a project, and unique. */
  readonly dir: string
  /** Writes a file below the folder: a compose file, which JSON is, or a text. Returns its absolute path. */
  readonly write: (path: string, content: ContractComposeFile | string) => Promise<string>
  /** Makes an image of `busybox` that differs by its version, and tags it. Returns its id. */
  readonly image: (ref: string, version: string) => Promise<string>
  readonly hasImage: (ref: string) => Promise<boolean>
  /** Containers of a project, by service and number. */
  readonly containers: (project: string) => Promise<readonly ContractComposeContainer[]>
  /** As `docker stop`, at once. */
  readonly stop: (container: string) => Promise<void>
  /** From now on the check `test -e /tmp/healthy` succeeds in a container. */
  readonly heal: (container: string) => Promise<void>
  /** Names of volumes of a project. */
  readonly volumes: (project: string) => Promise<readonly string[]>
  readonly networks: (project: string) => Promise<readonly string[]>
  /** A port of this host that is taken, and one that is free. */
  readonly busyPort: () => Promise<number>
  /** Has the next call of `up` take long enough to be aborted. */
  readonly slowDown: () => void
  /** Lets so much time pass, and what it sets off happen. */
  readonly elapse: (ms: number) => Promise<void>
  readonly close: () => Promise<void>
}

export interface ContractComposeContainer {
  readonly id: string
  readonly service: string
  readonly running: boolean
  readonly exitCode: number
  readonly imageId: string
  readonly configHash: string
}

export interface ContractComposeFile {
  readonly services: Readonly<Record<string, ContractService>>
  readonly volumes?: Readonly<Record<string, Readonly<Record<string, never>>>>
}

/** The parts of a service that the tests need, as compose files have them. */
export interface ContractService {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly env_file?: readonly string[]
  readonly depends_on?: Readonly<
    Record<string, { readonly condition: string; readonly restart?: boolean; readonly required?: boolean }>
  >
  readonly healthcheck?: {
    readonly test?: readonly string[]
    readonly interval?: string
    readonly retries?: number
    readonly disable?: boolean
  }
  readonly restart?: string
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly network_mode?: string
  readonly profiles?: readonly string[]
  readonly scale?: number
  readonly stop_grace_period?: string
}

/** What every Compose does. */
export function composeContract(name: string, make: () => Promise<ComposeHarness>): void {
  const open: ComposeHarness[] = []
  const never = new AbortController().signal

  const test = (title: string, body: (h: Bench) => Promise<void>): void => {
    it(title, async () => {
      const harness = await make()
      open.push(harness)
      await body(benchOf(harness))
    })
  }

  describe(`${name} as compose`, () => {
    afterEach(async () => {
      for (const harness of open.splice(0)) await harness.close()
    })

    describe('reads a project', () => {
      test('DCC-02: takes the name that is given, else that of the folder', async (h) => {
        await h.file({ a: waits })
        expect((await h.project()).name).toBe(h.name)
        expect((await h.project({ name: 'other' })).name).toBe('other')
      })

      test('DCC-04: merges several files, the later over the earlier', async (h) => {
        const files = [
          await h.write('compose.yaml', { services: { a: { ...waits, environment: { X: '1' } }, b: waits } }),
          await h.write('more.yaml', { services: { a: { image: 'node:20' }, c: waits } }),
        ]
        const { services } = await h.project({ files })
        expect(services.map((service) => [service.name, service.image])).toEqual([
          ['a', 'node:20'],
          ['b', 'busybox'],
          ['c', 'busybox'],
        ])
        expect(services.map(({ place }) => place?.file)).toEqual([files[0], files[0], files[1]])
      })

      test('DCC-02: takes an inline object, alone or over files', async (h) => {
        const inline = JSON.stringify({ services: { a: { image: 'node:20' }, d: waits } })
        expect((await h.project({ files: [], inline })).services.map((one) => one.name)).toEqual(['a', 'd'])
        await h.file({ a: waits })
        const merged = await h.project({ inline })
        expect(merged.services.map(({ name: own, image }) => [own, image])).toEqual([
          ['a', 'node:20'],
          ['d', 'busybox'],
        ])
      })

      test('DCC-03: has the services whose profiles are on, and names the others', async (h) => {
        await h.file({ a: waits, b: { ...waits, profiles: ['tools', 'x'] }, c: { ...waits, profiles: ['debug'] } })
        const none = await h.project({ profiles: [] })
        expect(none.services.map((one) => one.name)).toEqual(['a'])
        expect(none.inactive).toEqual([
          { name: 'b', profiles: ['tools', 'x'] },
          { name: 'c', profiles: ['debug'] },
        ])
        expect((await h.project({ profiles: ['x'] })).services.map((one) => one.name)).toEqual(['a', 'b'])
      })

      test('DC-10: keeps the condition of each dependency', async (h) => {
        await h.file({
          a: {
            ...waits,
            depends_on: {
              b: { condition: 'service_started' },
              c: { condition: 'service_healthy', restart: true },
              d: { condition: 'service_completed_successfully', required: false },
            },
          },
          b: waits,
          c: waits,
          d: waits,
        })
        expect(
          [...(await h.service('a')).dependsOn].sort((one, other) => (one.service < other.service ? -1 : 1)),
        ).toEqual([
          { service: 'b', condition: 'service_started', restart: false, required: true },
          { service: 'c', condition: 'service_healthy', restart: true, required: true },
          { service: 'd', condition: 'service_completed_successfully', restart: false, required: false },
        ])
      })

      test('DCC-08: names the image of a service that only has a build', async (h) => {
        await h.write('web/Dockerfile', 'FROM busybox\n')
        await h.file({ a: { ...waits, build: './web' }, b: { build: './web', command: ['true'] } })
        const [a, b] = (await h.project()).services
        expect([a?.image, b?.image]).toEqual(['busybox', `${h.name}-b`])
        const build = { context: `${h.dir}/web`, dockerfile: `${h.dir}/web/Dockerfile` }
        expect(b?.build).toMatchObject(build)
      })

      test('DCC-09: says what a build leaves out, and what is mounted', async (h) => {
        await h.write('web/Dockerfile', 'FROM busybox\n')
        await h.write('web/.dockerignore', '# not these\ntmp\n!tmp/keep\n')
        await h.file({ a: { build: './web', volumes: ['./web/src:/src', './conf:/conf', 'data:/data'] } }, { data: {} })
        const { build, mounts } = await h.service('a')
        expect(build?.ignores).toEqual([{ basePath: `${h.dir}/web`, patterns: ['tmp', '!tmp/keep'] }])
        expect(mounts).toEqual([`${h.dir}/web/src`, `${h.dir}/conf`])
        expect((await h.load()).reads).toContainEqual({ path: `${h.dir}/web/.dockerignore`, kind: 'file' })
      })

      test('DCC-11: tells each published port; out of a range it is open which', async (h) => {
        await h.file({
          a: { ...waits, ports: ['38080:80', '127.0.0.1:38081:81/udp', '82'] },
          b: { ...waits, ports: ['38090-38095:80'] },
        })
        expect((await h.service('a')).ports).toMatchObject([
          { target: 80, published: 38_080, protocol: 'tcp' },
          { target: 81, published: 38_081, hostIp: '127.0.0.1', protocol: 'udp' },
          { target: 82, protocol: 'tcp' },
        ])
        expect((await h.service('a')).ports[2]?.published).toBeUndefined()
        expect((await h.service('b')).ports.map(({ published }) => published)).toEqual([undefined])
      })

      test('tells restart policy, scale, health check and entrypoint', async (h) => {
        await h.file({
          plain: waits,
          rich: {
            ...waits,
            restart: 'on-failure:3',
            scale: 2,
            healthcheck: { test: ['CMD', 'true'] },
            entrypoint: ['sh'],
          },
          unchecked: { ...waits, restart: 'always', healthcheck: { disable: true } },
        })
        const plain = { restart: 'no', scale: 1, hasHealthcheck: false, overridesEntrypoint: false, mustStay: false }
        const [first, second, third] = (await h.project()).services
        expect(first).toMatchObject(plain)
        expect(second).toMatchObject({
          restart: 'on-failure:3',
          scale: 2,
          hasHealthcheck: true,
          overridesEntrypoint: true,
        })
        expect(third).toMatchObject({ ...plain, restart: 'always' })
      })

      test('tells which containers would lose something if they were restarted', async (h) => {
        await h.file({
          free: { ...waits, ports: ['80'] },
          fixed: { ...waits, ports: ['38080:80'] },
          memory: { ...waits, tmpfs: ['/tmp'] },
          net: waits,
          guest: { ...waits, network_mode: 'service:net' },
        })
        const kept = (await h.project()).services.filter(({ mustStay }) => mustStay)
        expect(kept.map((one) => one.name).sort()).toEqual(['free', 'memory', 'net'])
      })

      test('DCC-01: reads compose files and the env files of services and project', async (h) => {
        const own = await h.write('own.env', 'A=1\n')
        const envFile = await h.write('project.env', 'B=1\n')
        const path = await h.file({ a: { ...waits, env_file: ['own.env'] } })
        const reads = (await h.load({ envFile })).reads.map((read) => read.path)
        expect(reads).toEqual(expect.arrayContaining([path, own, envFile]))
      })

      test('DCC-01: reads what is not there yet', async (h) => {
        const path = `${h.dir}/compose.yaml`
        const first = await h.load({ files: [path] })
        expect(first.project).toBeUndefined()
        expect(first.diagnostics).toMatchObject([{ code: 'compose/invalid', severity: 'error' }])
        expect(first.diagnostics[0]?.message).toContain(path)
        expect(first.reads).toContainEqual({ path, kind: 'file' })
        await h.file({ a: waits })
        expect((await h.load()).diagnostics).toEqual([])
      })

      test('DC-08: another definition has other hashes, and leaves those of other services', async (h) => {
        await h.file({ a: waits, b: waits })
        const before = await h.project()
        await h.file({ a: { ...waits, environment: { X: '1' } }, b: waits })
        const after = await h.project()
        const same = (key: 'configHash' | 'definitionHash'): readonly boolean[] =>
          after.services.map((service, index) => service[key] === before.services[index]?.[key])
        expect(same('configHash')).toEqual([false, true])
        expect(same('definitionHash')).toEqual([false, true])
      })

      test('DC-08: another build is another definition of the same container', async (h) => {
        await h.write('one/Dockerfile', 'FROM busybox\n')
        await h.write('two/Dockerfile', 'FROM busybox\n')
        await h.file({ a: { ...waits, build: './one' } })
        const before = await h.service('a')
        await h.file({ a: { ...waits, build: './two' } })
        const after = await h.service('a')
        expect(after.configHash).toBe(before.configHash)
        expect(after.definitionHash).not.toBe(before.definitionHash)
      })

      test('tells where an unknown key stands', async (h) => {
        const path = await h.write('compose.yaml', '{\n"services": {\n"a": {\n"image": "busybox", "portz": []\n}}}')
        const { project, diagnostics } = await h.load({ files: [path] })
        expect(project).toBeUndefined()
        expect(diagnostics).toMatchObject([{ code: 'compose/invalid', severity: 'error', places: [{ file: path }] }])
        expect(diagnostics[0]?.message).toContain('portz')
        expect(diagnostics[0]?.places[0]?.excerpt?.lines.join('\n')).toContain('portz')
      })

      test('refuses a dependency on a service that is not there', async (h) => {
        const path = await h.file({ a: { ...waits, depends_on: { nope: { condition: 'service_started' } } } })
        const { project, diagnostics } = await h.load()
        expect(project).toBeUndefined()
        expect(diagnostics).toMatchObject([{ code: 'compose/invalid', places: [{ file: path }] }])
        expect(diagnostics[0]?.message).toContain('nope')
      })
    })

    describe('brings services up', () => {
      test('DC-01: creates and starts the containers of the services it is asked for, and no others', async (h) => {
        await h.file({ a: { ...waits, depends_on: { b: { condition: 'service_started' } } }, b: waits })
        expect(await h.up(['a'])).toEqual({ exitCode: 0 })
        expect(await h.containers(h.name)).toMatchObject([{ service: 'a', running: true }])
      })

      test('DC-08: gives containers the hash that the project tells', async (h) => {
        await h.write('own.env', 'A=1\n')
        const b = { condition: 'service_started' }
        await h.file({
          a: { ...waits, depends_on: { b }, environment: { X: '<&>', '10': 'ten', '9': 'nine' } },
          b: { ...waits, scale: 2 },
          c: { ...waits, depends_on: { b }, env_file: ['own.env'], ports: ['80'], tmpfs: ['/tmp'] },
        })
        await h.up(['a', 'b', 'c'])
        const hashes = new Map((await h.project()).services.map((service) => [service.name, service.configHash]))
        const containers = await h.containers(h.name)
        expect(containers.map(({ service }) => service)).toEqual(['a', 'b', 'b', 'c'])
        for (const { service, configHash } of containers)
          expect([service, configHash]).toEqual([service, hashes.get(service)])
      })

      test('DC-08: tells the hash of a service that lives in the container of another, once that is known', async (h) => {
        await h.file({ a: waits, b: { ...waits, network_mode: 'service:a' } })
        await h.up(['a'])
        await h.up(['b'])
        const [a, b] = await h.containers(h.name)
        const { configHashParts } = await h.service('b')
        const texts = (configHashParts ?? []).map((part) => (typeof part === 'string' ? part : a?.id))
        expect(b?.configHash).toBe(createHash('sha256').update(texts.join('')).digest('hex'))
        expect((await h.service('a')).configHashParts).toBeUndefined()
        await h.up(['b'])
        expect((await h.containers(h.name))[1]).toEqual(b)
      })

      test('DC-10: leaves alone what restarts with a service that gets a new container', async (h) => {
        const b = { ...waits, depends_on: { a: { condition: 'service_started', restart: true } } }
        await h.file({ a: waits, b })
        await h.up(['a', 'b'])
        const before = await h.containers(h.name)
        await h.file({ a: { ...waits, environment: { X: '1' } }, b })
        await h.up(['a'])
        const now = await h.containers(h.name)
        expect(now[0]?.id).not.toBe(before[0]?.id)
        expect(now[1]).toEqual(before[1])
      })

      test('DC-01: leaves alone what is as it should be', async (h) => {
        await h.file({ a: waits, b: waits })
        await h.up(['a', 'b'])
        const before = await h.containers(h.name)
        expect(await h.up(['a', 'b'])).toEqual({ exitCode: 0 })
        expect(await h.containers(h.name)).toEqual(before)
      })

      test('DC-08: makes a new container of the changed service only', async (h) => {
        await h.file({ a: waits, b: waits })
        await h.up(['a', 'b'])
        const [a, b] = await h.containers(h.name)
        await h.file({ a: { ...waits, environment: { X: '1' } }, b: waits })
        await h.up(['a', 'b'])
        const [newA, newB] = await h.containers(h.name)
        expect(newA?.id).not.toBe(a?.id)
        expect(newA).toMatchObject({ running: true, configHash: (await h.service('a')).configHash })
        expect(newB).toEqual(b)
      })

      test('makes a new container when the image is another', async (h) => {
        const image = `${h.name}:dev`
        const first = await h.image(image, '1')
        await h.file({ a: { ...waits, image } })
        await h.up(['a'])
        expect(await h.containers(h.name)).toMatchObject([{ imageId: first }])
        const second = await h.image(image, '2')
        await h.up(['a'])
        expect(await h.containers(h.name)).toMatchObject([{ imageId: second, running: true }])
      })

      test('makes new containers where it is asked to', async (h) => {
        await h.file({ a: waits })
        await h.up(['a'])
        const [before] = await h.containers(h.name)
        await h.up(['a'], { recreate: true })
        const after = await h.containers(h.name)
        expect(after).toHaveLength(1)
        expect(after[0]?.id).not.toBe(before?.id)
      })

      test('starts what has stopped', async (h) => {
        await h.file({ a: waits })
        await h.up(['a'])
        const [before] = await h.containers(h.name)
        await h.stop(before?.id ?? '')
        await h.up(['a'])
        expect(await h.containers(h.name)).toMatchObject([{ id: before?.id, running: true }])
      })

      test('keeps as many containers as the scale says', async (h) => {
        await h.file({ a: { ...waits, scale: 2 } })
        await h.up(['a'])
        expect(await h.containers(h.name)).toMatchObject([{ running: true }, { running: true }])
        await h.file({ a: { ...waits, scale: 1 } })
        await h.up(['a'])
        expect(await h.containers(h.name)).toHaveLength(1)
      })

      test('DCC-01: waits until services are healthy, where it is asked to', async (h) => {
        const test = ['CMD', 'test', '-e', '/tmp/healthy']
        await h.file({ a: { ...waits, healthcheck: { test, interval: '300ms', retries: 1000 } } })
        let ended = false
        const up = h.up(['a'], { wait: true }).finally(() => {
          ended = true
        })
        await h.until(async () => (await h.containers(h.name))[0]?.running === true)
        await h.elapse(500)
        expect(ended).toBe(false)
        await h.heal((await h.containers(h.name))[0]?.id ?? '')
        expect(await up).toEqual({ exitCode: 0 })
      })

      test('DCC-01: tells which container ended when it waits; one that ended well is up', async (h) => {
        await h.file({ bad: { ...waits, command: ['false'] }, good: { ...waits, command: ['true'] } })
        const bad = await h.up(['bad'], { wait: true })
        expect(bad.exitCode).not.toBe(0)
        expect(bad.error).toContain(`${h.name}-bad-1 exited (1)`)
        expect(await h.up(['good'], { wait: true })).toEqual({ exitCode: 0 })
      })

      test('tells why it failed, in the words of the engine, and leaves the rest running', async (h) => {
        await h.file({ a: { ...waits, ports: [`${await h.busyPort()}:80`] }, b: waits })
        await h.up(['b'])
        const end = await h.up(['a'])
        expect(end.exitCode).not.toBe(0)
        expect(end.error).toMatch(/address already in use|port is already allocated/)
        expect(h.output()).toContain(end.error)
        expect((await h.containers(h.name)).filter(({ running }) => running)).toMatchObject([{ service: 'b' }])
      })

      test('DC-01: never builds', async (h) => {
        await h.write('Dockerfile', 'FROM busybox\n')
        await h.file({ a: { build: '.', command: ['sleep', '100000'] } })
        const end = await h.up(['a'])
        expect(end.exitCode).not.toBe(0)
        expect(end.error).toContain('No such image')
        expect(await h.hasImage(`${h.name}-a`)).toBe(false)
      })

      test('an aborted call rejects; the next one makes good what it left', async (h) => {
        await h.file({ a: waits })
        await h.up(['a'])
        h.slowDown()
        const abort = new AbortController()
        const up = h.up(['a'], { recreate: true, signal: abort.signal })
        up.catch(() => {})
        await h.elapse(120)
        abort.abort(new Error('enough'))
        await expect(up).rejects.toThrow('enough')
        await expect(h.up(['a'], { signal: abort.signal })).rejects.toThrow('enough')
        expect(await h.up(['a'])).toEqual({ exitCode: 0 })
        expect((await h.containers(h.name)).filter(({ running }) => running)).toHaveLength(1)
      })
    })

    describe('builds', () => {
      test('DC-02: builds the image of a service, which up then takes', async (h) => {
        await h.write('Dockerfile', 'FROM busybox\nCOPY version /version\n')
        await h.write('version', `1 ${h.name}`)
        await h.file({ a: { build: '.', command: ['sleep', '100000'], stop_grace_period: '0s' } })
        expect(await h.build(['a'])).toEqual({ exitCode: 0 })
        await h.up(['a'])
        const [before] = await h.containers(h.name)
        await h.write('version', `2 ${h.name}`)
        await h.build(['a'])
        await h.up(['a'])
        const [after] = await h.containers(h.name)
        expect(after).toMatchObject({ running: true })
        expect(after?.imageId).not.toBe(before?.imageId)
      })

      test('DC-02: tells why a build failed, with all its output', async (h) => {
        await h.write('Dockerfile', 'FROM busybox\nCOPY none /none\n')
        await h.file({ a: { build: '.' } })
        const end = await h.build(['a'])
        expect(end.exitCode).not.toBe(0)
        expect(end.error).toContain('"/none": not found')
        expect(h.output()).toContain('COPY none /none')
      })
    })

    describe('takes away', () => {
      test('DC-07: removes the containers of services, and no others', async (h) => {
        await h.file({ a: { ...waits, scale: 2 }, b: waits })
        await h.up(['a', 'b'])
        expect(await h.remove(['a'])).toEqual({ exitCode: 0 })
        expect(await h.containers(h.name)).toMatchObject([{ service: 'b', running: true }])
        expect(await h.remove(['a'])).toEqual({ exitCode: 0 })
      })

      test('DC-07: removes the containers of a service that the files do not have any more', async (h) => {
        await h.file({ a: waits, b: waits })
        await h.up(['a', 'b'])
        await h.file({ b: waits })
        expect(await h.remove(['a'])).toEqual({ exitCode: 0 })
        expect(await h.containers(h.name)).toMatchObject([{ service: 'b' }])
      })

      test('DOWN-04: removes the containers and networks of a project, also those of services that are gone', async (h) => {
        await h.file({ a: { ...waits, volumes: ['data:/data'] }, b: waits }, { data: {} })
        await h.up(['a', 'b'])
        await h.file({ a: { ...waits, volumes: ['data:/data'] } }, { data: {} })
        expect(await h.networks(h.name)).not.toEqual([])
        expect(await h.down(false)).toEqual({ exitCode: 0 })
        expect(await h.containers(h.name)).toEqual([])
        expect(await h.networks(h.name)).toEqual([])
        expect(await h.volumes(h.name)).toEqual([`${h.name}_data`])
        expect(await h.down(false)).toEqual({ exitCode: 0 })
      })

      test('DOWN-04: removes volumes where it is asked to', async (h) => {
        await h.file({ a: { ...waits, volumes: ['data:/data'] } }, { data: {} })
        await h.up(['a'])
        expect(await h.down(true)).toEqual({ exitCode: 0 })
        expect(await h.volumes(h.name)).toEqual([])
      })
    })
  })

  /** A project whose file is `compose.yaml`, unless a test says otherwise. */
  function benchOf(h: ComposeHarness): Bench {
    const own = h.dir.slice(h.dir.lastIndexOf('/') + 1)
    const path = `${h.dir}/compose.yaml`
    let output = ''
    const onOutput = (text: string): void => {
      output += text
    }
    const refOf = (part: Partial<ComposeProjectRef>): ComposeProjectRef => ({ files: [path], dir: h.dir, ...part })
    const project = { ...refOf({}), name: own }
    const load = (part: Partial<ComposeProjectRef> = {}): Promise<ComposeLoad> => h.compose.load(refOf(part), never)
    const loaded = async (part: Partial<ComposeProjectRef> = {}): Promise<ComposeProject> => {
      const found = await load(part)
      expect(found.diagnostics).toEqual([])
      if (!found.project) throw new Error('no project')
      return found.project
    }
    return {
      ...h,
      name: own,
      output: () => output,
      file: (services, volumes) => h.write('compose.yaml', { services, ...(volumes && { volumes }) }),
      load,
      project: loaded,
      async service(wanted) {
        const service = (await loaded()).services.find((one) => one.name === wanted)
        if (!service) throw new Error(`no service ${wanted}`)
        return service
      },
      up: (services, { wait = false, recreate = false, signal = never } = {}) =>
        h.compose.up({ project, services, wait, recreate, onOutput }, signal),
      build: (services) => h.compose.build({ project, services, onOutput }, never),
      remove: (services) => h.compose.remove({ project, services, onOutput }, never),
      down: (volumes) => h.compose.down({ project, volumes, onOutput }, never),
      async until(what) {
        for (let turn = 0; turn < 500 && !(await what()); turn++) await h.elapse(20)
        expect(await what()).toBe(true)
      },
    }
  }
}

interface Bench extends ComposeHarness {
  readonly name: string
  /** All that compose printed. */
  readonly output: () => string
  readonly file: (
    services: ContractComposeFile['services'],
    volumes?: ContractComposeFile['volumes'],
  ) => Promise<string>
  readonly load: (part?: Partial<ComposeProjectRef>) => Promise<ComposeLoad>
  readonly project: (part?: Partial<ComposeProjectRef>) => Promise<ComposeProject>
  readonly service: (name: string) => Promise<ComposeService>
  readonly up: (
    services: readonly string[],
    options?: { readonly wait?: boolean; readonly recreate?: boolean; readonly signal?: AbortSignal },
  ) => Promise<ComposeEnd>
  readonly build: (services: readonly string[]) => Promise<ComposeEnd>
  readonly remove: (services: readonly string[]) => Promise<ComposeEnd>
  readonly down: (volumes: boolean) => Promise<ComposeEnd>
  readonly until: (what: () => Promise<boolean>) => Promise<void>
}

/** A service that runs until it is stopped, which it is at once. */
const waits: ContractService = { image: 'busybox', command: ['sleep', '100000'], stop_grace_period: '0s' }
