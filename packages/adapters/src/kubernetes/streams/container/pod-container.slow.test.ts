import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerChannel, PodContainerRef } from '@tiltts/runtime/ports'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithKubernetes } from '../../testing/needs-kubernetes.js'
import { type PodRequest, type RealPods, realPods } from '../testing/real-pods.js'
import { openPodContainer } from './open-pod-container.js'

const never = new AbortController().signal
let h: RealPods
const into = async (
  request: Partial<PodRequest> = {},
): Promise<{ pod: PodContainerRef; channel: ContainerChannel; ask: (script: string) => Promise<string> }> => {
  const pod = await h.start({ command: ['sleep', '100000'], ...request })
  return { pod, channel: await openPodContainer(h.deps, pod, never), ask: (script) => h.ask(pod, script) }
}
const copyText = async (channel: ContainerChannel, containerPath: string, text = 'A', mode = 0o644): Promise<unknown> =>
  channel.copy([{ localPath: await h.write('local', text, mode), containerPath }], never)
const run = async (channel: ContainerChannel, ...argv: readonly string[]): Promise<[number, string]> => {
  let output = ''
  const onOutput = (text: string): void => {
    output += text
  }
  const { exitCode } = await channel.run({ argv, onOutput }, never)
  return [exitCode, output]
}

describeWithKubernetes('a channel into a container of a pod', () => {
  beforeAll(async () => {
    h = await realPods()
  }, 60_000)
  afterAll(() => h.close())

  it('LU-07, LU-08: copies, looks, runs and removes, with modes, links and names of any length', async () => {
    const { channel, ask } = await into()
    const long = `/work/${'long/'.repeat(30)}${'x'.repeat(120)}`
    const entries = [
      { localPath: await h.write('script', '#!/bin/sh', 0o751), containerPath: '/work/script' },
      { localPath: await h.link('link', '../target'), containerPath: '/work/link' },
      { localPath: await h.mkdir('dir'), containerPath: '/work/dir' },
      { localPath: await h.write('b', 'B'), containerPath: '/work/dir/ü "$x"' },
      { localPath: await h.write('c', 'C'), containerPath: long },
      { localPath: '/no/such/file', containerPath: '/work/none' },
    ]
    const sent = await channel.copy(entries, never)
    const paths = entries.map(({ containerPath }) => containerPath)
    const found = await channel.inspect(paths, never)
    expect(paths.map((path) => found.get(path))).toEqual([
      { kind: 'file', hash: sent[0]?.hash },
      { kind: 'link', hash: sent[1]?.hash },
      { kind: 'folder' },
      { kind: 'file', hash: sent[3]?.hash },
      { kind: 'file', hash: sent[4]?.hash },
      { kind: 'absent' },
    ])
    expect(await ask('stat -c "%a" /work/script; readlink /work/link')).toBe('751\n../target')
    expect(await run(channel, 'sh', '-c', 'cat /work/dir/*; exit 7')).toEqual([7, 'B'])
    await expect(run(channel, 'no-such-command')).rejects.toMatchObject({ code: 'container/run-failed' })
    await channel.remove(['/work', '/none'], never)
    expect((await channel.inspect(['/work'], never)).get('/work')).toEqual({ kind: 'absent' })
    await channel.close()
  })

  it('LU-08: keeps owners, leaves folders as they are, and takes turns from file to folder and back', async () => {
    const { channel, ask } = await into()
    await ask('mkdir -p /own; echo >/own/theirs; chown 1000:1001 /own; chown 7:8 /own/theirs; chmod 700 /own')
    const folder = { localPath: await h.mkdir('own'), containerPath: '/own' }
    const file = { localPath: await h.write('own/a', 'A'), containerPath: '/own/new' }
    await channel.copy([folder, file, { ...file, containerPath: '/own/theirs' }], never)
    expect(await ask('stat -c "%a %u %g" /own /own/new /own/theirs')).toBe('700 1000 1001\n644 1000 1001\n644 7 8')

    await channel.copy(
      [
        { ...folder, containerPath: '/own/new' },
        { ...file, containerPath: '/own/new/a' },
      ],
      never,
    )
    expect(await ask('cat /own/new/a')).toBe('A')
    await channel.copy([{ ...file, containerPath: '/own/new' }], never)
    expect(await ask('cat /own/new')).toBe('A')
    // Something else than this channel has changed it.
    await ask('rm /own/new; mkdir -p /own/new/deep')
    await channel.copy([{ ...file, containerPath: '/own/new' }], never)
    expect(await ask('cat /own/new')).toBe('A')
    await expect(copyText(channel, '/own/new/below')).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: expect.stringContaining('a file stands where the sync needs a folder'),
    })
    await channel.close()
  })

  it('LU-10: without root it works where its user may write, and says where that may not', async () => {
    const container = {
      securityContext: { runAsUser: 1000, runAsGroup: 1000, readOnlyRootFilesystem: true },
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    }
    const spec = { securityContext: { fsGroup: 1000 }, volumes: [{ name: 'data', emptyDir: {} }] }
    const { channel } = await into({ container, spec })
    await copyText(channel, '/data/deep/a', 'A', 0o664)
    expect(await run(channel, 'sh', '-c', 'id -u; stat -c "%u %a" /data/deep/a /data/deep')).toEqual([
      0,
      '1000\n1000 664\n1000 2755\n',
    ])
    await expect(copyText(channel, '/etc/a')).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: expect.stringMatching(/^cannot copy files into container main of pod .*read-only file system/i),
    })
    await copyText(channel, '/data/deep/a', 'B')
    await channel.close()
  })

  it('LU-10: says which program an image lacks, and takes the other end of what the image can do', async () => {
    const { pod } = await into({ command: ['sh', '-c', 'rm /bin/tar; sleep 100000'] })
    await sleep(300)
    const withoutTar = await openPodContainer(h.deps, pod, never)
    await expect(copyText(withoutTar, '/work/a')).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: expect.stringContaining('its image has no tar'),
    })
    expect(await run(withoutTar, 'echo', 'hello')).toEqual([0, 'hello\n'])
    await h.ask(pod, 'rm /bin/sh')
    const bare = await openPodContainer(h.deps, pod, never)
    await expect(copyText(bare, '/work/a')).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: expect.stringContaining('its image has no shell (sh)'),
    })
    expect(await run(bare, 'busybox', 'echo', 'hello')).toEqual([0, 'hello\n'])
    await expect(run(bare, 'none')).rejects.toMatchObject({ code: 'container/run-failed' })
  })

  it('copies large files and many, and goes on after an abort', async () => {
    const { channel, ask } = await into()
    const large = await h.write('large', '')
    await writeFile(large, Buffer.alloc(24 * 1024 * 1024, 'tiltts'))
    const many = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => ({
        localPath: await h.write(`many/${index}`, `text ${index}\n`.repeat(100)),
        containerPath: `/work/many/${index}`,
      })),
    )
    const sent = await channel.copy([{ localPath: large, containerPath: '/work/large' }, ...many], never)
    const found = await channel.inspect(
      sent.map(({ containerPath }) => containerPath),
      never,
    )
    for (const { containerPath, hash } of sent) expect(found.get(containerPath)).toEqual({ kind: 'file', hash })

    const abort = new AbortController()
    const copying = channel.copy([{ localPath: large, containerPath: '/work/other' }], abort.signal)
    copying.catch(() => {})
    await sleep(30)
    abort.abort(new Error('enough'))
    await expect(copying).rejects.toThrow('enough')
    await copyText(channel, '/work/next', 'next')
    expect(await ask('cat /work/next')).toBe('next')
    await channel.close()
  })

  it('an aborted command ends with all that it started', async () => {
    const { channel, ask } = await into()
    const abort = new AbortController()
    const running = channel.run({ argv: ['sh', '-c', 'sleep 4711 & sleep 4712'], onOutput: () => {} }, abort.signal)
    running.catch(() => {})
    const left = (): Promise<string> => ask('ps | grep -c "[s]leep 471" || true')
    for (let turn = 0; turn < 50 && Number(await left()) < 2; turn++) await sleep(20)
    abort.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    for (let turn = 0; turn < 50 && (await left()) !== '0'; turn++) await sleep(50)
    expect(await left()).toBe('0')
    expect(await run(channel, 'echo', 'next')).toEqual([0, 'next\n'])
  })

  it('is closed by the end of its pod, also while it copies', async () => {
    const { pod, channel } = await into()
    const large = await h.write('large', '')
    await writeFile(large, Buffer.alloc(200 * 1024 * 1024, 'tiltts'))
    const copying = channel.copy([{ localPath: large, containerPath: '/work/large' }], never)
    copying.catch(() => {})
    await h.kubectl(['delete', 'pod', pod.pod, '--now', '--wait=false'])
    await expect(copying).rejects.toMatchObject({ code: 'container/channel-closed', retry: true })
    await expect(run(channel, 'true')).rejects.toMatchObject({ code: 'container/channel-closed' })
    await expect(openPodContainer(h.deps, { ...pod, pod: 'none' }, never)).rejects.toMatchObject({
      code: 'container/channel-closed',
    })
  })

  it('LU-07: is fast on a warm channel, and starts no process of its own for an edit', async () => {
    const { channel, ask } = await into()
    const localPath = await h.write('small', 'x'.repeat(1000))
    const times: number[] = []
    for (let turn = 0; turn < 30; turn++) {
      const before = performance.now()
      await channel.copy([{ localPath, containerPath: '/work/small' }], never)
      times.push(performance.now() - before)
    }
    const median = times.sort((a, b) => a - b)[15] ?? 0
    process.stderr.write(`copy into a pod ${median.toFixed(1)} ms\n`)
    expect(median).toBeLessThan(50)
    // The two that are kept, one of which waits in a shell.
    expect(await ask('ps -o args | grep -c "^sh$"')).toBe('1')
  })
})
