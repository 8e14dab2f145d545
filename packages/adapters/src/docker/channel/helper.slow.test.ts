import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { helperFile, helperPath, wrapArgv } from '@tiltts/helper'
import type { ContainerChannel } from '@tiltts/runtime/ports'
import { afterEach, expect, it } from 'vitest'
import { describeWithDocker } from '../testing/needs-docker.js'
import { dockerCommand, type RealEngine, realEngine } from '../testing/real-engine.js'

const never = new AbortController().signal
let h: RealEngine

/** An image of a few programs and nothing else: no shell, no tar, no rm; with the helper when it is asked for. */
async function bareImage(options: { readonly helper: boolean; readonly user?: string }): Promise<string> {
  h = await realEngine()
  const arch = (await h.docker.info()).arch === 'arm64' ? 'arm64' : 'amd64'
  const root = join(h.folder, 'root')
  await mkdir(root)
  if (options.helper) await copyFile(helperFile(arch), join(root, 'helper'))
  const keep = 'busybox|sleep|cat|printf|id|yes'
  const dockerfile = [
    'FROM busybox',
    'RUN mkdir -m 777 /work',
    `RUN for f in /bin/*; do case "\${f##*/}" in ${keep}) ;; *) busybox rm -f "$f";; esac; done`,
    options.helper ? `COPY --chmod=755 helper ${helperPath}` : '',
    'ENV PATH=/bin',
    options.user ? `USER ${options.user}` : '',
    'WORKDIR /work',
  ]
  await writeFile(join(root, 'Dockerfile'), dockerfile.join('\n'))
  await dockerCommand('build', '--quiet', '--tag', `${h.name}/bare`, root)
  return `${h.name}/bare`
}
const open = async (image: string, ...argv: readonly string[]): Promise<{ id: string; channel: ContainerChannel }> => {
  const id = await h.runWith([], image, ...argv)
  return { id, channel: await h.docker.openContainer(id, never) }
}
const run = async (channel: ContainerChannel, ...argv: readonly string[]): Promise<[number, string, string]> => {
  const said = { stdout: '', stderr: '' }
  const onOutput = (text: string, stream: 'stdout' | 'stderr'): void => {
    said[stream] += text
  }
  const { exitCode } = await channel.run({ argv, onOutput }, never)
  return [exitCode, said.stdout, said.stderr]
}
const close = async (): Promise<void> => {
  await dockerCommand('ps', '--all', '--quiet', '--filter', `label=${h.name}`).then(
    (ids) => ids && dockerCommand('rm', '--force', ...ids.split('\n')),
  )
  await dockerCommand('rmi', '--force', `${h.name}/bare`)
  await h.close()
}

describeWithDocker('a container without a shell', () => {
  afterEach(close)

  it('UPD-01: copies, looks and runs programs by the engine, and says why it cannot remove', async () => {
    const { channel } = await open(await bareImage({ helper: false, user: '1000' }), 'sleep', '100000')
    const entries = [
      { localPath: await h.write('a', 'A'), containerPath: '/work/new/a' },
      { localPath: await h.link('l', '../a'), containerPath: '/work/new/l' },
    ]
    const sent = await channel.copy(entries, never)
    const paths = ['/work/new/a', '/work/new/l', '/work/new', '/work/none']
    const many = [...paths, ...Array.from({ length: 10 }, (_, index) => `/work/none${index}`)]
    for (const asked of [paths, many]) {
      const found = await channel.inspect(asked, never)
      expect(paths.map((path) => found.get(path))).toEqual([
        { kind: 'file', hash: sent[0]?.hash },
        { kind: 'link', hash: sent[1]?.hash },
        { kind: 'folder' },
        { kind: 'absent' },
      ])
    }
    expect(await run(channel, 'cat', 'new/a')).toEqual([0, 'A', ''])
    expect(await run(channel, 'id', '-u')).toEqual([0, '1000\n', ''])
    expect((await run(channel, 'cat', 'none'))[0]).toBe(1)
    await expect(run(channel, 'sh', '-c', 'true')).rejects.toMatchObject({
      code: 'container/run-failed',
      message: expect.stringContaining('executable file not found'),
    })
    await expect(channel.remove(['/work/new'], never)).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: expect.stringContaining('the image has no shell (sh) to remove files with'),
    })
    expect(channel.canRestartProcess).toBe(false)
    await expect(channel.restartProcess(never)).rejects.toMatchObject({ code: 'container/run-failed' })
  })

  it('an aborted program rejects at once, and the channel goes on', async () => {
    const { channel } = await open(await bareImage({ helper: false }), 'sleep', '100000')
    const abort = new AbortController()
    const running = channel.run({ argv: ['sleep', '1'], onOutput: () => {} }, abort.signal)
    running.catch(() => {})
    await sleep(100)
    abort.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect(await run(channel, 'printf', 'next')).toEqual([0, 'next', ''])
  })
})

describeWithDocker('a container with the helper', () => {
  afterEach(close)

  it('UPD-01: does everything by the helper, as root with files and as its user with commands', async () => {
    const image = await bareImage({ helper: true, user: '1000' })
    const { id, channel } = await open(image, 'sleep', '100000')
    expect(channel.canRestartProcess).toBe(false)
    const entries = [
      { localPath: await h.write('a', 'A', 0o755), containerPath: '/work/new/a' },
      { localPath: await h.link('l', '../a'), containerPath: '/work/new/l' },
      { localPath: await h.mkdir('dir'), containerPath: '/work/new/dir' },
      { localPath: '/no/such/file', containerPath: '/work/new/none' },
    ]
    const sent = await channel.copy(entries, never)
    const found = await channel.inspect(['/work/new/a', '/work/new/l', '/work/new/dir', '/work/new/none'], never)
    expect([...found.values()]).toEqual([
      { kind: 'file', hash: sent[0]?.hash },
      { kind: 'link', hash: sent[1]?.hash },
      { kind: 'folder' },
      { kind: 'absent' },
    ])
    expect(await run(channel, 'cat', 'new/a')).toEqual([0, 'A', ''])
    expect(await run(channel, 'id', '-u')).toEqual([0, '1000\n', ''])
    expect((await run(channel, 'cat', 'none'))[0]).toBe(1)
    await expect(run(channel, 'sh', '-c', 'true')).rejects.toMatchObject({ code: 'container/run-failed' })
    await channel.remove(['/work/new', '/work/none'], never)
    expect((await channel.inspect(['/work/new'], never)).get('/work/new')).toEqual({ kind: 'absent' })
    await h.stop(id)
    await expect(channel.copy(entries, never)).rejects.toMatchObject({ code: 'container/channel-closed' })
  })

  it('restarts the wrapped process in place', async () => {
    const image = await bareImage({ helper: true })
    const [entrypoint = '', ...argv] = wrapArgv(['printf', 'started\n'], { onExit: 'stay' })
    const id = await h.runWith(['--entrypoint', entrypoint], image, ...argv)
    const channel = await h.docker.openContainer(id, never)
    expect(channel.canRestartProcess).toBe(true)
    const started = async (): Promise<number> => (await dockerCommand('logs', id)).split('started').length - 1
    for (let turn = 0; turn < 100 && (await started()) < 1; turn++) await sleep(20)
    await channel.restartProcess(never)
    for (let turn = 0; turn < 100 && (await started()) < 2; turn++) await sleep(20)
    expect(await started()).toBe(2)
    expect(await h.docker.inspectContainer(id)).toMatchObject({ state: { running: true, restartCount: 0 } })
  })

  it('an aborted command ends, and the channel goes on', async () => {
    const { channel } = await open(await bareImage({ helper: true }), 'sleep', '100000')
    const abort = new AbortController()
    let output = 0
    const onOutput = (): void => {
      output += 1
    }
    const running = channel.run({ argv: ['yes'], onOutput }, abort.signal)
    running.catch(() => {})
    for (let turn = 0; turn < 100 && output === 0; turn++) await sleep(20)
    abort.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect(await run(channel, 'printf', 'next')).toEqual([0, 'next', ''])
  })

  it('is fast', async () => {
    const { channel } = await open(await bareImage({ helper: true }), 'sleep', '100000')
    const entry = { localPath: await h.write('small', 'x'.repeat(1000)), containerPath: '/work/small' }
    const times: number[] = []
    for (let turn = 0; turn < 30; turn++) {
      const before = performance.now()
      await channel.copy([entry], never)
      times.push(performance.now() - before)
    }
    const median = times.sort((a, b) => a - b)[15] ?? 0
    process.stderr.write(`copy by the helper ${median.toFixed(1)} ms\n`)
    expect(median).toBeLessThan(50)
  })
})
