import { afterEach, describe, expect, it } from 'vitest'
import type { ContainerChannel, CopyEntry } from './container-channel.js'
import type { ContainerInfo, Docker, LogChunk } from './docker.js'

/** One engine, with what a test needs to make happen around it. */
export interface DockerHarness {
  readonly docker: Docker
  /** Unique: images are named by it and containers labelled with it, so that several can share an engine. */
  readonly name: string
  readonly programs: ContractContainerPrograms
  /** Puts an image there that holds these files, and tags it. Returns its id. */
  readonly image: (ref: string, options?: ContractImage) => Promise<string>
  /** Removes an image, or a tag of it. */
  readonly removeImage: (ref: string) => Promise<void>
  /** Creates and starts a container with the label `<name>=<name>` beside its own. Returns its id. */
  readonly run: (options: ContractContainer) => Promise<string>
  /** As `docker start`, `docker stop` (at once), `docker pause`, `docker rm --force`. */
  readonly start: (container: string) => Promise<void>
  readonly stop: (container: string) => Promise<void>
  readonly pause: (container: string) => Promise<void>
  readonly remove: (container: string) => Promise<void>
  /** What the health check of a container with one says from now on, seen within a second or two. */
  readonly health: (container: string, state: 'healthy' | 'unhealthy', output: string) => Promise<void>
  /** The text of a file in a container; `undefined`: there is none. */
  readonly read: (container: string, path: string) => Promise<string | undefined>
  /** Writes a file on this side, with the folders around it. Returns its absolute path. */
  readonly write: (path: string, text: string, mode?: number) => Promise<string>
  /** Makes a folder, or a link, on this side. */
  readonly mkdir: (path: string) => Promise<string>
  readonly link: (path: string, target: string) => Promise<string>
  /** Lets so much time pass, and what it sets off happen. */
  readonly elapse: (ms: number) => Promise<void>
  readonly now: () => number
  readonly close: () => Promise<void>
}

export interface ContractImage {
  /** Text by absolute path. */
  readonly files?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

export interface ContractContainer {
  readonly argv: readonly string[]
  /** @default one with the programs */
  readonly image?: string
  readonly labels?: Readonly<Record<string, string>>
  /** Whether it has a health check, which says `starting` until told otherwise. */
  readonly healthcheck?: boolean
}

/** argv of programs with a known behaviour. */
export interface ContractContainerPrograms {
  /** Runs until it is stopped, which it is at once. */
  readonly waits: readonly string[]
  /** Prints `out` to stdout and, a moment later, `err` to stderr, a line each, and exits with 3. */
  readonly prints: readonly string[]
  /** Prints `no end` to stdout, without a line break, and exits with 0. */
  readonly partial: readonly string[]
  /** Prints `tick 1`, `tick 2` … to stdout until it is stopped. */
  readonly ticks: readonly string[]
  readonly missing: readonly string[]
}

/** Why a test cannot run here, by its title. */
export type DockerSkips = Readonly<Record<string, string>>

type Test = (h: DockerHarness) => Promise<void>

/** What every Docker engine does. */
export function dockerContract(name: string, make: () => Promise<DockerHarness>, skips: DockerSkips = {}): void {
  const open: DockerHarness[] = []
  const never = new AbortController().signal

  const test = (title: string, body: Test): void => {
    it.skipIf(skips[title] !== undefined)(skips[title] ? `${title} (skipped: ${skips[title]})` : title, async () => {
      const harness = await make()
      open.push(harness)
      await body(harness)
    })
  }
  const until = async (h: DockerHarness, what: () => boolean | Promise<boolean>): Promise<void> => {
    for (let turn = 0; turn < 500 && !(await what()); turn++) await h.elapse(20)
    expect(await what()).toBe(true)
  }
  const info = async (h: DockerHarness, id: string): Promise<ContainerInfo> => {
    const found = await h.docker.inspectContainer(id)
    if (!found) throw new Error(`no container ${id}`)
    return found
  }
  const labels = (h: DockerHarness): Record<string, string> => ({ [h.name]: h.name })
  const waiting = (h: DockerHarness): Promise<string> => h.run({ argv: h.programs.waits })

  /** Follows to the end, as lines; `stop` leaves early. */
  const follow = (h: DockerHarness, id: string, since?: string): Following => {
    const chunks: LogChunk[] = []
    const abort = new AbortController()
    const done = (async () => {
      for await (const chunk of h.docker.logs(id, { since }, abort.signal)) chunks.push(chunk)
    })()
    done.catch(() => {})
    return { chunks, done, text: () => chunks.map(({ text }) => text).join(''), stop: () => abort.abort() }
  }

  const channelTo = async (h: DockerHarness, id: string): Promise<ContainerChannel> => h.docker.openContainer(id, never)
  const runIn = async (
    channel: ContainerChannel,
    argv: readonly string[],
  ): Promise<{ exitCode: number; stdout: string; stderr: string }> => {
    const said = { stdout: '', stderr: '' }
    const onOutput = (text: string, stream: 'stdout' | 'stderr'): void => {
      said[stream] += text
    }
    return { ...(await channel.run({ argv, onOutput }, never)), ...said }
  }

  describe(`${name} as Docker engine`, () => {
    afterEach(async () => {
      for (const harness of open.splice(0)) await harness.close()
    })

    describe('images and containers', () => {
      test('says who it is', async (h) => {
        const first = await h.docker.info()
        expect(first.id).not.toBe('')
        expect(first.version).toMatch(/^\d+\./)
        expect(first.apiVersion).toMatch(/^\d+\.\d+$/)
        expect(first.arch).toMatch(/^[a-z0-9]+$/)
        expect(first.builder).not.toBe('')
        expect((await h.docker.info()).id).toBe(first.id)
      })

      test('finds an image by its name and by its id, and none that is not there', async (h) => {
        const ref = `${h.name}/found:dev`
        const id = await h.image(ref, { labels: { colour: 'blue' } })
        const byName = await h.docker.inspectImage(ref)
        expect(byName).toMatchObject({ id, tags: [ref], labels: { colour: 'blue' } })
        expect(byName?.platform).toMatch(/^linux\//)
        expect((await h.docker.inspectImage(id))?.id).toBe(id)
        expect(await h.docker.inspectImage(`${h.name}/other:dev`)).toBeUndefined()
      })

      test('tags an image by its id; another image takes the tag over', async (h) => {
        const one = await h.image(`${h.name}/a:1`, { files: { '/v': '1' } })
        const two = await h.image(`${h.name}/a:2`, { files: { '/v': '2' } })
        await h.docker.tag(one, `${h.name}/a:dev`)
        expect((await h.docker.inspectImage(`${h.name}/a:dev`))?.id).toBe(one)
        await h.docker.tag(two, `${h.name}/a:dev`)
        expect((await h.docker.inspectImage(`${h.name}/a:dev`))?.id).toBe(two)
        expect((await h.docker.inspectImage(one))?.tags).toEqual([`${h.name}/a:1`])
      })

      test('refuses to tag what is not there, with a reason', async (h) => {
        await expect(h.docker.tag(`${h.name}/none`, `${h.name}/x`)).rejects.toMatchObject({ code: 'docker/refused' })
      })

      test('lists containers by all of the labels, stopped ones, too', async (h) => {
        const one = await h.run({ argv: h.programs.waits, labels: { part: 'one' } })
        const two = await h.run({ argv: h.programs.waits, labels: { part: 'two' } })
        await h.stop(two)
        expect((await h.docker.containers(labels(h))).map(({ id }) => id)).toEqual([one, two])
        const found = await h.docker.containers({ ...labels(h), part: 'two' })
        expect(found).toMatchObject([{ id: two, labels: { part: 'two' }, state: { running: false } }])
        expect(await h.docker.containers({ ...labels(h), part: 'three' })).toEqual([])
      })

      test('DC-04: tells the state of a container as it runs and ends', async (h) => {
        const id = await waiting(h)
        const running = await info(h, id)
        expect(running.state).toMatchObject({ status: 'running', running: true, restartCount: 0 })
        expect(running.state.startedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
        expect(running.state.healthStatus).toBeUndefined()
        await h.pause(id)
        expect((await info(h, id)).state.status).toBe('paused')
        const ending = await h.run({ argv: h.programs.prints })
        await until(h, async () => !(await info(h, ending)).state.running)
        expect((await info(h, ending)).state).toMatchObject({ status: 'exited', exitCode: 3 })
        await h.remove(ending)
        expect(await h.docker.inspectContainer(ending)).toBeUndefined()
      })

      test('DC-05: tells the health of a container with what its check said last', async (h) => {
        const id = await h.run({ argv: h.programs.waits, healthcheck: true })
        expect((await info(h, id)).state.healthStatus).toBe('starting')
        await h.health(id, 'healthy', 'fine\n')
        await until(h, async () => (await info(h, id)).state.healthStatus === 'healthy')
        await h.health(id, 'unhealthy', 'no database\n')
        await until(h, async () => (await info(h, id)).state.healthStatus === 'unhealthy')
        expect((await info(h, id)).state.healthOutput).toContain('no database')
      })

      test('UPD-03: restarts the same container', async (h) => {
        const id = await waiting(h)
        const before = (await info(h, id)).state.startedAt ?? ''
        await h.elapse(10)
        await h.docker.restartContainer(id, 0)
        const after = await info(h, id)
        expect(after).toMatchObject({ id, state: { status: 'running', running: true } })
        expect((after.state.startedAt ?? '') > before).toBe(true)
      })
    })

    describe('events', () => {
      test('DC-04: tells of all that happens to the containers from the moment that the watch is there', async (h) => {
        const events: string[] = []
        const mine = { ...labels(h), watched: 'yes' }
        const watch = await h.docker.watchContainers(mine, ({ container, what }) => events.push(`${what} ${container}`))
        const id = await h.run({ argv: h.programs.waits, labels: { watched: 'yes' } })
        const other = await waiting(h)
        await until(h, () => events.includes(`change ${id}`))
        const started = events.length
        await h.stop(id)
        await until(h, () => events.slice(started).includes(`change ${id}`))
        await h.remove(id)
        await until(h, () => events.includes(`remove ${id}`))
        expect(events.filter((event) => event.includes(other))).toEqual([])
        watch.close()
        await watch.ended
      })

      test('DC-05: tells when health turns over', async (h) => {
        const id = await h.run({ argv: h.programs.waits, healthcheck: true })
        await h.elapse(3000)
        let told = 0
        const watch = await h.docker.watchContainers(labels(h), () => {
          told += 1
        })
        await h.elapse(500)
        const before = told
        await h.health(id, 'healthy', '')
        await until(h, () => told > before)
        watch.close()
      })

      test('tells nothing more after it is closed', async (h) => {
        let told = 0
        const watch = await h.docker.watchContainers(labels(h), () => {
          told += 1
        })
        watch.close()
        await watch.ended
        await waiting(h)
        await h.elapse(100)
        expect(told).toBe(0)
      })
    })

    describe('logs', () => {
      test('DC-06: gives all the output of a container that has ended, by stream, and ends', async (h) => {
        const id = await h.run({ argv: h.programs.prints })
        await until(h, async () => !(await info(h, id)).state.running)
        const logs = follow(h, id)
        await logs.done
        expect(logs.chunks.map(({ text, stream }) => [stream, text])).toEqual([
          ['stdout', 'out\n'],
          ['stderr', 'err\n'],
        ])
        for (const { time } of logs.chunks) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
      })

      test('DC-06: gives a last line that has no end', async (h) => {
        const id = await h.run({ argv: h.programs.partial })
        await until(h, async () => !(await info(h, id)).state.running)
        const logs = follow(h, id)
        await logs.done
        expect(logs.text()).toBe('no end')
      })

      test('DC-06: follows a running container to its end without losing or repeating a line', async (h) => {
        const id = await h.run({ argv: h.programs.ticks })
        const logs = follow(h, id)
        await until(h, () => logs.text().includes('tick 5\n'))
        await h.stop(id)
        await logs.done
        expectTicks(logs.text())
      })

      test('DC-06: goes on behind the time of the last chunk, without losing or repeating a line', async (h) => {
        const id = await h.run({ argv: h.programs.ticks })
        const first = follow(h, id)
        await until(h, () => first.text().includes('tick 3\n'))
        first.stop()
        await expect(first.done).rejects.toThrow()
        await h.elapse(100)
        const second = follow(h, id, first.chunks.at(-1)?.time)
        await until(h, () => second.text().split('\n').length > 3)
        await h.stop(id)
        await second.done
        expectTicks(first.text() + second.text())
      })

      test('DC-06: a container that was started again goes on in the same log', async (h) => {
        const id = await h.run({ argv: h.programs.prints })
        const first = follow(h, id)
        await first.done
        await h.start(id)
        const second = follow(h, id, first.chunks.at(-1)?.time)
        await second.done
        expect([first.text(), second.text()]).toEqual(['out\nerr\n', 'out\nerr\n'])
      })

      test('refuses the log of a container that is not there', async (h) => {
        await expect(follow(h, 'no-such-container').done).rejects.toMatchObject({ code: 'docker/refused' })
      })
    })

    describe('a channel into a container', () => {
      test('LU-08: copies files and links, makes their folders, and tells the hash of what was sent', async (h) => {
        const id = await waiting(h)
        const channel = await channelTo(h, id)
        const entries: CopyEntry[] = [
          { localPath: await h.write('src/a.txt', 'A'), containerPath: '/work/new/a.txt' },
          { localPath: await h.link('src/l', 'a.txt'), containerPath: '/work/new/l' },
        ]
        const copied = await channel.copy(entries, never)
        expect(copied).toEqual([
          { ...entries[0], hash: sha256.A },
          { ...entries[1], hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        ])
        expect(await h.read(id, '/work/new/a.txt')).toBe('A')
        const found = await channel.inspect(['/work/new/a.txt', '/work/new/l', '/work/new', '/work/none'], never)
        expect(Object.fromEntries(found)).toEqual({
          '/work/new/a.txt': { kind: 'file', hash: sha256.A },
          '/work/new/l': { kind: 'link', hash: copied[1]?.hash },
          '/work/new': { kind: 'folder' },
          '/work/none': { kind: 'absent' },
        })
      })

      test('LU-08: leaves out what has vanished here, and tells so by a missing hash', async (h) => {
        const id = await waiting(h)
        const channel = await channelTo(h, id)
        const there = { localPath: await h.write('there', 'A'), containerPath: '/work/there' }
        const gone = { localPath: `${there.localPath}-not`, containerPath: '/work/gone' }
        expect(await channel.copy([gone, there], never)).toEqual([gone, { ...there, hash: sha256.A }])
        expect(await h.read(id, '/work/gone')).toBeUndefined()
      })

      test('replaces a file by a folder, and a folder by a file', async (h) => {
        const id = await waiting(h)
        const channel = await channelTo(h, id)
        const file = await h.write('was-file', 'F')
        const inner = await h.write('was-folder/inner', 'I')
        const asFile = { localPath: file, containerPath: '/work/x' }
        const asFolder = [
          { localPath: await h.mkdir('was-folder'), containerPath: '/work/x' },
          { localPath: inner, containerPath: '/work/x/inner' },
        ]
        await channel.copy([asFile], never)
        await channel.copy(asFolder, never)
        expect(await h.read(id, '/work/x/inner')).toBe('I')
        await channel.copy([asFile], never)
        expect(await h.read(id, '/work/x')).toBe('F')
      })

      test('LU-07: removes files and folders with all below; what is not there is fine', async (h) => {
        const id = await waiting(h)
        const channel = await channelTo(h, id)
        const localPath = await h.write('a', 'A')
        const paths = ['/work/f', '/work/d/one', '/work/d/two', "/work/it's here", '/work/-rf']
        const entries = paths.map((containerPath) => ({ localPath, containerPath }))
        await channel.copy(entries, never)
        await channel.remove(['/work/f', '/work/d', "/work/it's here", '/work/none'], never)
        const found = await channel.inspect(['/work/f', '/work/d', "/work/it's here", '/work/-rf'], never)
        expect([...found.values()].map(({ kind }) => kind)).toEqual(['absent', 'absent', 'absent', 'file'])
      })

      test('LU-07: runs commands, with their output by stream and their exit code', async (h) => {
        const channel = await channelTo(h, await waiting(h))
        expect(await runIn(channel, h.programs.prints)).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' })
        expect(await runIn(channel, h.programs.partial)).toEqual({ exitCode: 0, stdout: 'no end', stderr: '' })
      })

      test('LU-10: a command that is not there was not run', async (h) => {
        const channel = await channelTo(h, await waiting(h))
        const run = channel.run({ argv: h.programs.missing, onOutput: () => {} }, never)
        await expect(run).rejects.toMatchObject({ code: 'container/run-failed' })
        expect((await runIn(channel, h.programs.partial)).exitCode).toBe(0)
      })

      test('carries requests out one after another', async (h) => {
        const id = await waiting(h)
        const channel = await channelTo(h, id)
        const localPath = await h.write('a', 'A')
        const done: string[] = []
        const entry = { localPath, containerPath: '/work/turns' }
        await Promise.all([
          channel.run({ argv: h.programs.prints, onOutput: () => {} }, never).then(() => done.push('run')),
          channel.copy([entry], never).then(() => done.push('copy')),
          channel.remove(['/work/turns'], never).then(() => done.push('remove')),
          channel.inspect(['/work/turns'], never).then((found) => done.push(found.get('/work/turns')?.kind ?? '')),
        ])
        expect(done).toEqual(['run', 'copy', 'remove', 'absent'])
      })

      test('an aborted command rejects at once, and the channel goes on', async (h) => {
        const id = await waiting(h)
        const channel = await channelTo(h, id)
        const abort = new AbortController()
        let output = ''
        const onOutput = (text: string): void => {
          output += text
        }
        const run = channel.run({ argv: h.programs.ticks, onOutput }, abort.signal)
        run.catch(() => {})
        await until(h, () => output.includes('tick 2'))
        abort.abort(new Error('enough'))
        await expect(run).rejects.toThrow('enough')
        expect(await runIn(channel, h.programs.prints)).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' })
      })

      test('closes when the container stops, and can be opened again when it runs', async (h) => {
        const id = await waiting(h)
        const channel = await channelTo(h, id)
        const running = channel.run({ argv: h.programs.ticks, onOutput: () => {} }, never)
        running.catch(() => {})
        await h.elapse(100)
        await h.stop(id)
        await expect(running).rejects.toMatchObject({ code: 'container/channel-closed' })
        const entry = { localPath: await h.write('a', 'A'), containerPath: '/work/a' }
        await expect(channel.copy([entry], never)).rejects.toMatchObject({ code: 'container/channel-closed' })
        await expect(channelTo(h, id)).rejects.toMatchObject({ code: 'container/channel-closed' })
        await h.start(id)
        await expect(channel.copy([entry], never)).rejects.toMatchObject({ code: 'container/channel-closed' })
        await (await channelTo(h, id)).copy([entry], never)
        expect(await h.read(id, '/work/a')).toBe('A')
      })

      test('refuses to open one into a container that is not there', async (h) => {
        await expect(channelTo(h, 'no-such-container')).rejects.toMatchObject({ code: 'docker/refused' })
      })

      test('does nothing after it is closed', async (h) => {
        const channel = await channelTo(h, await waiting(h))
        await channel.close()
        const run = channel.run({ argv: h.programs.prints, onOutput: () => {} }, never)
        await expect(run).rejects.toMatchObject({ code: 'container/channel-closed' })
      })
    })

    describe('prune', () => {
      const mark = { 'dev.tilt.gc': 'true' }
      const request = (h: DockerHarness, repositories: readonly string[], keepRecent: number) => ({
        repositories: repositories.map((one) => `${h.name}/${one}`),
        // All of the test is old, and little else that is on the engine.
        maxAgeMs: 3_600_000,
        now: h.now() + 2 * 3_600_000,
        keepRecent,
      })

      test('PRUNE-02: removes old images of the config but the newest, and none of others', async (h) => {
        const ids: string[] = []
        for (const version of ['1', '2', '3']) {
          ids.push(await h.image(`${h.name}/api:${version}`, { files: { '/v': `${h.name}${version}` }, labels: mark }))
          await h.elapse(20)
        }
        const foreign = await h.image(`${h.name}/foreign:1`, { files: { '/v': `${h.name}f` }, labels: mark })
        const unmarked = await h.image(`${h.name}/api:own`, { files: { '/v': `${h.name}o` } })
        const summary = await h.docker.prune(request(h, ['api'], 2), never)
        expect(summary.images).toEqual([ids[0]])
        const left = await Promise.all([...ids, foreign, unmarked].map((id) => h.docker.inspectImage(id)))
        expect(left.map((image) => image !== undefined)).toEqual([false, true, true, true, true])
      })

      test('PRUNE-02: removes an old image with several tags of ours', async (h) => {
        const id = await h.image(`${h.name}/web:one`, { files: { '/v': h.name }, labels: mark })
        await h.docker.tag(id, `${h.name}/web:two`)
        expect((await h.docker.prune(request(h, ['web'], 0), never)).images).toEqual([id])
        expect(await h.docker.inspectImage(id)).toBeUndefined()
      })

      test('PRUNE-02: keeps what is younger, and what a container uses', async (h) => {
        const ref = `${h.name}/used:1`
        const id = await h.image(ref, { labels: mark })
        const container = await h.run({ argv: h.programs.waits, image: ref })
        const young = { ...request(h, ['used'], 0), now: h.now() }
        expect((await h.docker.prune(young, never)).images).toEqual([])
        expect((await h.docker.prune(request(h, ['used'], 0), never)).images).toEqual([])
        expect((await h.docker.inspectImage(ref))?.id).toBe(id)
        expect((await info(h, container)).state.running).toBe(true)
      })

      test('PRUNE-02: removes old containers of the config that have stopped', async (h) => {
        const ref = `${h.name}/old:1`
        await h.image(ref, { labels: mark })
        const ours = { argv: h.programs.waits, image: ref, labels: mark }
        const [ended, running, other] = [await h.run(ours), await h.run(ours), await waiting(h)]
        await h.stop(ended)
        await h.stop(other)
        expect((await h.docker.prune({ ...request(h, ['old'], 0), now: h.now() }, never)).containers).toEqual([])
        expect((await h.docker.prune(request(h, ['old'], 0), never)).containers).toEqual([ended])
        const left = await h.docker.containers(labels(h))
        expect(left.map(({ id }) => id).sort()).toEqual([running, other].sort())
      })
    })
  })
}

interface Following {
  readonly chunks: readonly LogChunk[]
  readonly done: Promise<void>
  readonly text: () => string
  readonly stop: () => void
}

/** SHA-256 of texts. */
const sha256 = { A: '559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd' }

/** From the first without a gap. */
function expectTicks(text: string): void {
  const lines = text.trimEnd().split('\n')
  expect(lines).toEqual(lines.map((_line, index) => `tick ${index + 1}`))
}
