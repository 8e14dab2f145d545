import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerInfo, LogChunk } from '@tiltts/runtime/ports'
import { afterEach, expect, it, onTestFinished } from 'vitest'
import { describeWithDocker } from './testing/needs-docker.js'
import { dockerCommand, type RealEngine, realEngine } from './testing/real-engine.js'

const never = new AbortController().signal
let h: RealEngine
const start = async (): Promise<RealEngine> => {
  h = await realEngine()
  return h
}
const logs = async (id: string, since?: string): Promise<LogChunk[]> => {
  const chunks: LogChunk[] = []
  for await (const chunk of h.docker.logs(id, { since }, never)) chunks.push(chunk)
  return chunks
}
const text = (chunks: readonly LogChunk[]): string => chunks.map((chunk) => chunk.text).join('')
const info = async (id: string): Promise<ContainerInfo> => {
  const found = await h.docker.inspectContainer(id)
  if (!found) throw new Error('it has gone')
  return found
}
const until = async (what: () => Promise<boolean>): Promise<void> => {
  for (let turn = 0; turn < 200 && !(await what()); turn++) await sleep(25)
  expect(await what()).toBe(true)
}

describeWithDocker('the real engine', () => {
  afterEach(() => h.close())

  it('DC-06: loses no line of much output that ends with its container', async () => {
    await start()
    const id = await h.run({ argv: ['sh', '-c', 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "line $i"; done'] })
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index + 1}\n`)
    expect(text(await logs(id))).toBe(lines.join(''))
  })

  it('DC-06: gives lines that are longer than what engines cut whole, with a time of their own', async () => {
    await start()
    const line = 'head -c 40000 /dev/zero | tr "\\0" x; echo ä; echo next'
    for (const options of [[], ['--tty']]) {
      const chunks = await logs(await h.runWith(options, 'busybox', 'sh', '-c', line))
      expect(text(chunks).replaceAll('\r', '')).toBe(`${'x'.repeat(40_000)}ä\nnext\n`)
    }
  })

  it('DC-06: gives the output of a container with a terminal, and goes on behind a line of it', async () => {
    await start()
    const script = 'echo one; echo two >&2; sleep 0.3; echo three; printf end'
    const id = await h.runWith(['--tty'], 'busybox', 'sh', '-c', script)
    const chunks = await logs(id)
    expect(text(chunks)).toBe('one\r\ntwo\r\nthree\r\nend')
    expect(chunks.every(({ stream }) => stream === 'stdout')).toBe(true)
    const first = chunks.find((chunk) => chunk.text.includes('two'))
    expect(text(await logs(id, first?.time))).toBe('three\r\nend')
  })

  it('DC-06: follows a container that its policy restarts from run to run', async () => {
    await start()
    const id = await h.runWith(['--restart', 'on-failure:2'], 'busybox', 'sh', '-c', 'echo run; exit 1')
    await until(async () => (await info(id)).state.status === 'exited')
    const all = await logs(id)
    expect(text(all)).toBe('run\nrun\nrun\n')
    expect(text(await logs(id, all.at(-1)?.time))).toBe('')
  })

  it('DC-04: a container that waits for its restart does not run', async () => {
    await start()
    const id = await h.runWith(['--restart', 'always'], 'busybox', 'sh', '-c', 'exit 7')
    await until(async () => (await info(id)).state.restartCount >= 3)
    await until(async () => (await info(id)).state.status === 'restarting')
    const { state } = await info(id)
    expect(state.status === 'restarting' ? [state.running, state.exitCode] : 'it runs again').toEqual([false, 7])
  })

  it('tells the ports of a container while it runs, and why one could not be started', async () => {
    await start()
    const id = await h.runWith(['--publish', '127.0.0.1::8080', '--expose', '9'], 'busybox', ...h.programs.waits)
    const [port, ...others] = (await info(id)).ports
    expect(others).toEqual([])
    expect(port).toMatchObject({ containerPort: 8080, hostIP: '127.0.0.1', protocol: 'tcp' })
    const taken = ['--publish', `127.0.0.1:${port?.hostPort}:80`, '--name', `${h.name}-taken`]
    await expect(h.runWith(taken, 'busybox', ...h.programs.waits)).rejects.toThrow()
    expect((await info(`${h.name}-taken`)).state).toMatchObject({
      running: false,
      error: expect.stringContaining('port is already allocated'),
    })
    await h.stop(id)
    expect((await info(id)).ports).toEqual([])
  })

  it('PUSH-05: pushes to a registry, and says why one refuses', async () => {
    await start()
    const ref = `127.0.0.1:5000/${h.name}:dev`
    await h.image(ref, { files: { '/v': h.name } })
    const lines: string[] = []
    await h.docker.push(ref, (line) => lines.push(line), never)
    expect(lines.join('\n')).toMatch(/dev: digest: sha256:[0-9a-f]{64}/)
    expect((await h.docker.inspectImage(ref))?.digests.join()).toContain(`127.0.0.1:5000/${h.name}@sha256:`)

    const nowhere = '127.0.0.1:1/nowhere:dev'
    await h.docker.tag(ref, nowhere)
    await expect(h.docker.push(nowhere, () => {}, never)).rejects.toMatchObject({
      code: 'image/push-failed',
      message: expect.stringMatching(/^cannot push 127\.0\.0\.1:1\/nowhere:dev: .*connection refused/),
    })
    await expect(h.docker.push(`127.0.0.1:5000/${h.name}/none`, () => {}, never)).rejects.toMatchObject({
      code: 'image/push-failed',
      message: expect.stringContaining('does not exist locally'),
    })
    await h.removeImage(nowhere)
  })

  it('PUSH-05: a registry that asks for a login is named, with what it said and how to log in', async () => {
    await start()
    const asked: (string | undefined)[] = []
    const registry = createServer((request, response) => {
      asked.push(request.headers.authorization)
      const body = JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] })
      response
        .writeHead(401, { 'www-authenticate': 'Basic realm="test"', 'content-type': 'application/json' })
        .end(body)
    })
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void registry.close())
    const address = registry.address()
    const ref = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}/${h.name}:dev`
    await h.image(ref, { files: { '/v': h.name } })
    const host = ref.split('/')[0]
    await expect(h.docker.push(ref, () => {}, never)).rejects.toMatchObject({
      code: 'image/push-failed',
      message: expect.stringMatching(
        new RegExp(
          `^cannot push ${ref}: [\\s\\S]*(no basic auth credentials|unauthorized)[\\s\\S]*docker login ${host}`,
        ),
      ),
    })
    expect(asked.length).toBeGreaterThan(0)
    await h.removeImage(ref)
  })

  it('asks a registry what it has, without fetching it', async () => {
    await start()
    const ref = `127.0.0.1:5000/${h.name}-asked:dev`
    const digestOf = async (version: string) => {
      await h.image(ref, { files: { '/v': `${h.name}${version}` } })
      await h.docker.push(ref, () => {}, never)
      await h.removeImage(ref)
      return await h.docker.registryDigest(ref, never)
    }
    const first = await digestOf('1')
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(await h.docker.registryDigest(ref, never)).toBe(first)
    expect(await h.docker.inspectImage(ref)).toBeUndefined()
    expect(await digestOf('2')).not.toBe(first)
    expect(await h.docker.registryDigest(`127.0.0.1:5000/${h.name}-none:dev`, never)).toBeUndefined()
    expect(await h.docker.registryDigest('127.0.0.1:1/nowhere:dev', never)).toBeUndefined()
  })

  it('PRUNE-02: leaves an image with a tag of somebody else', async () => {
    await start()
    const id = await h.image(`${h.name}/api:1`, { labels: { 'dev.tilt.gc': 'true' } })
    await h.docker.tag(id, `${h.name}-mine/api:kept`)
    const request = { repositories: [`${h.name}/api`], keepRecent: 0, maxAgeMs: 3_600_000, now: Date.now() + 7_200_000 }
    expect((await h.docker.prune(request, never)).images).toEqual([])
    expect((await h.docker.inspectImage(id))?.tags).toEqual([`${h.name}-mine/api:kept`])
    await h.removeImage(`${h.name}-mine/api:kept`)
  })

  it('PRUNE-02: lets stopped containers of other projects be', async () => {
    await start()
    const mark = { 'dev.tilt.gc': 'true' }
    const ref = `${h.name}/other:1`
    await h.image(ref, { labels: mark })
    const id = await h.run({ argv: h.programs.waits, image: ref, labels: mark })
    await h.stop(id)
    const request = { repositories: [`${h.name}/api`], keepRecent: 0, maxAgeMs: 3_600_000, now: Date.now() + 7_200_000 }
    expect((await h.docker.prune(request, never)).containers).toEqual([])
    expect(await h.docker.inspectContainer(id)).toBeDefined()
  })

  it('says which engine it is, by the docker context in use, too', async () => {
    await start()
    const { id } = await h.docker.info()
    const folder = join(h.folder, 'docker-config')
    await mkdir(folder)
    await writeFile(join(folder, 'config.json'), '{}')
    const host = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock'
    await dockerCommand('--config', folder, 'context', 'create', 'mine', '--docker', `host=${host}`)
    const env = { PATH: process.env['PATH'] ?? '', DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'mine' }
    const other = await realEngine({ env })
    expect((await other.docker.info()).id).toBe(id)
    await other.close()
  })
})
