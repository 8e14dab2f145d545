import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerChannel, CopyEntry } from '@tiltts/runtime/ports'
import { afterEach, expect, it } from 'vitest'
import { describeWithDocker } from '../testing/needs-docker.js'
import { dockerCommand, type RealEngine, realEngine } from '../testing/real-engine.js'

const never = new AbortController().signal
let h: RealEngine
const forever = ['sleep', '100000']

/** A channel into a new container. */
const into = async (
  options: readonly string[],
  image = 'busybox',
  ...argv: readonly string[]
): Promise<{ id: string; channel: ContainerChannel; ask: (script: string) => Promise<string> }> => {
  h = await realEngine()
  const id = await h.runWith(options, image, ...(argv.length > 0 ? argv : forever))
  const ask = (script: string): Promise<string> => dockerCommand('exec', '--user', '0', id, 'sh', '-c', script)
  return { id, channel: await h.docker.openContainer(id, never), ask }
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

describeWithDocker('a channel into a real container', () => {
  afterEach(() => h.close())

  it('LU-08: keeps mode and time, to parts of a second, and gives files to the owner of their folder', async () => {
    const { channel, ask } = await into([])
    const localPath = await h.write('script', '#!/bin/sh', 0o751)
    await utimes(localPath, 1_700_000_000.25, 1_700_000_000.25)
    await channel.copy([{ localPath, containerPath: '/work/script' }], never)
    expect(await ask('stat -c "%a %u %g %y" /work/script')).toMatch(/^751 0 0 2023-11-14 22:13:20\.250000/)
  })

  it('LU-08: takes names of any length and kind', async () => {
    const { channel, ask } = await into([])
    const names = [`${'long/'.repeat(40)}name`, 'ü/\u{1f600}', 'it\'s "quoted" $x', 'two\nlines', `${'x'.repeat(200)}ä`]
    const localPath = await h.write('local', 'A')
    await channel.copy(
      names.map((name) => ({ localPath, containerPath: `/work/${name}` })),
      never,
    )
    const found = await channel.inspect(
      names.map((name) => `/work/${name}`),
      never,
    )
    expect([...found.values()].map(({ kind }) => kind)).toEqual(names.map(() => 'file'))
    expect(await ask('find /work -type f | wc -l')).toBe('6')
  })

  it('follows links in the folders of a target, and replaces a link that is the target itself', async () => {
    const { channel, ask } = await into([])
    await ask(
      'mkdir -p /real /work && ln -s /real /work/abs && ln -s ../real /work/rel && ln -s /etc/passwd /work/file',
    )
    await copyText(channel, '/work/abs/one')
    await copyText(channel, '/work/rel/two')
    await copyText(channel, '/work/file')
    expect(await ask('ls /real; cat /work/file; head -c 4 /etc/passwd; readlink /work/abs')).toBe(
      'one\ntwo\nAroot/real',
    )
  })

  it('leaves mode and owner of folders that are there as they are', async () => {
    const { channel, ask } = await into([])
    await ask('mkdir -p /work/own && chown 1000:1000 /work/own && chmod 700 /work/own')
    const folder = { localPath: await h.mkdir('own'), containerPath: '/work/own' }
    await channel.copy([folder, { localPath: await h.write('own/a', 'A'), containerPath: '/work/own/new/a' }], never)
    expect(await ask('stat -c "%a %u %g" /work/own /work/own/new')).toBe('700 1000 1000\n755 0 0')
  })

  it('LU-10: says when the container is read-only, and still copies into its volumes', async () => {
    const { channel, ask } = await into(['--read-only', '--volume', '/data', '--volume', '/data/deep'])
    await expect(copyText(channel, '/work/a')).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: expect.stringMatching(/^cannot copy files into container .*: container rootfs is marked read-only/),
    })
    await copyText(channel, '/data/x/a')
    await copyText(channel, '/data/deep/b')
    expect(await ask('cat /data/x/a /data/deep/b')).toBe('AA')
    await channel.remove(['/data/x'], never)
    await expect(channel.remove(['/etc/passwd'], never)).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: expect.stringMatching(/read-only file system/i),
    })
  })

  it('LU-10: says that it cannot copy into memory, where the engine would copy to the wrong place', async () => {
    const { channel } = await into(['--tmpfs', '/memory', '--mount', 'type=tmpfs,destination=/other'])
    for (const path of ['/memory/a', '/other/a', '/dev/shm/a']) {
      await expect(copyText(channel, path)).rejects.toMatchObject({
        code: 'container/copy-failed',
        message: expect.stringContaining(`${path} is in memory (tmpfs)`),
      })
    }
  })

  it('LU-10: says when the disk is full', async () => {
    const small = 'type=volume,destination=/small,volume-driver=local,volume-opt=type=tmpfs,volume-opt=device=tmpfs'
    const { channel } = await into(['--mount', `${small},volume-opt=o=size=64k`])
    await expect(copyText(channel, '/small/a', 'x'.repeat(200_000))).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: expect.stringContaining('no space left on device'),
    })
    await copyText(channel, '/work/a')
  })

  it('LU-10: says when a file stands where a folder is needed', async () => {
    const { channel, ask } = await into([])
    await ask('mkdir /work && echo x >/work/config')
    await expect(copyText(channel, '/work/config/a')).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: expect.stringContaining('a file stands where the sync needs a folder'),
    })
    expect(await ask('cat /work/config')).toBe('x')
  })

  it('LU-07: runs as the user and in the folder of the container, and removes as root what it copied as root', async () => {
    const { channel, ask } = await into(['--user', '1000:1000', '--workdir', '/tmp', '--env', 'COLOUR=blue'])
    expect(await run(channel, 'sh', '-c', 'id -u; pwd; echo $COLOUR')).toEqual([0, '1000\n/tmp\nblue\n'])
    await copyText(channel, '/work/deep/a')
    await channel.remove(['/work/deep'], never)
    expect(await ask('ls /work')).toBe('')
  })

  it('never removes everything', async () => {
    const { channel } = await into([])
    for (const path of ['/', '//', '/.', '/..', '/../']) {
      await expect(channel.remove([path], never)).rejects.toMatchObject({ code: 'container/copy-failed' })
    }
    expect((await run(channel, 'echo', 'still here'))[1]).toBe('still here\n')
  })

  it('ends what an aborted command has started', async () => {
    const { channel, ask } = await into([])
    const abort = new AbortController()
    const script = 'sleep 4711 & sh -c "sleep 4712; true"; true'
    const running = channel.run({ argv: ['sh', '-c', script], onOutput: () => {} }, abort.signal)
    running.catch(() => {})
    const left = (): Promise<string> => ask('ps | grep -c "[s]leep 471" || true')
    for (let turn = 0; turn < 50 && (await left()) !== '3'; turn++) await sleep(20)
    abort.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    for (let turn = 0; turn < 50 && (await left()) !== '0'; turn++) await sleep(50)
    expect(await left()).toBe('0')
    expect(await run(channel, 'echo', 'next')).toEqual([0, 'next\n'])
  })

  it('LU-07: opens one process in the container for all commands, and no other for copies', async () => {
    const { channel, ask } = await into([])
    for (let turn = 0; turn < 5; turn++) {
      await copyText(channel, `/work/${turn}`)
      await channel.remove([`/work/${turn}`], never)
      await run(channel, 'true')
    }
    // The container's own, the warm one, and those of this question.
    expect(await ask('ps -o args | grep -c "^sh$"')).toBe('1')
  })

  it('copies a large file in pieces, and one that grows or shrinks meanwhile as it was at a moment', async () => {
    const { channel, ask } = await into([])
    const size = 48 * 1024 * 1024
    const large = await h.write('large', '')
    await writeFile(large, Buffer.alloc(size, 'tiltts'))
    const [entry] = await channel.copy([{ localPath: large, containerPath: '/work/large' }], never)
    expect(entry?.hash).toBe(
      createHash('sha256')
        .update(await readFile(large))
        .digest('hex'),
    )
    expect(await ask('sha256sum /work/large')).toContain(entry?.hash)

    const growing = channel.copy([{ localPath: large, containerPath: '/work/grown' }], never)
    for (let turn = 0; turn < 20; turn++) await appendFile(large, 'more')
    const [grown] = await growing
    expect(await ask('sha256sum /work/grown')).toContain(grown?.hash)

    const shrinking = channel.copy([{ localPath: large, containerPath: '/work/shrunk' }], never)
    await sleep(15)
    await truncate(large, 1000)
    const [shrunk] = await shrinking
    expect(await ask('sha256sum /work/shrunk')).toContain(shrunk?.hash)
    await copyText(channel, '/work/next')
  })

  it('an abort while a large file is copied leaves the channel in order', async () => {
    const { channel, ask } = await into([])
    const large = await h.write('large', '')
    await writeFile(large, Buffer.alloc(96 * 1024 * 1024, 'x'))
    const abort = new AbortController()
    const copying = channel.copy([{ localPath: large, containerPath: '/work/large' }], abort.signal)
    copying.catch(() => {})
    await sleep(20)
    abort.abort(new Error('enough'))
    await expect(copying).rejects.toThrow('enough')
    await copyText(channel, '/work/next', 'next')
    expect(await ask('cat /work/next')).toBe('next')
  })

  it('says when a file here cannot be read', async () => {
    const { channel } = await into([])
    const entry = { localPath: '/proc/self/mem', containerPath: '/work/a' }
    await expect(channel.copy([entry], never)).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: expect.stringContaining('/proc/self/mem cannot be read'),
    })
  })

  it('copies 2,000 files about as fast as docker cp, and tells what stands at all of them', async () => {
    const { id, channel } = await into([])
    const folder = await h.mkdir('many')
    const entries: CopyEntry[] = []
    for (let index = 0; index < 2000; index++) {
      const dir = join(folder, `d${index % 50}`)
      if (index < 50) await mkdir(dir)
      const localPath = join(dir, `f${index}.js`)
      await writeFile(localPath, `export const value = ${index}\n`.repeat(20))
      entries.push({ localPath, containerPath: `/work${localPath.slice(folder.length)}` })
    }
    const timed = async (act: () => Promise<unknown>): Promise<number> => {
      const before = performance.now()
      await act()
      return performance.now() - before
    }
    const byCommand = await timed(() => dockerCommand('cp', folder, `${id}:/other`))
    const ours = await timed(() => channel.copy(entries, never))
    expect(ours).toBeLessThan(2 * byCommand + 200)
    const paths = entries.map(({ containerPath }) => containerPath)
    const inspecting = await timed(() => channel.inspect(paths, never))
    const found = await channel.inspect([...paths, '/work', '/none'], never)
    expect(inspecting).toBeLessThan(2000)
    const sent = await channel.copy(entries, never)
    for (const { containerPath, hash } of sent) expect(found.get(containerPath)).toEqual({ kind: 'file', hash })
    expect([found.get('/work'), found.get('/none')]).toEqual([{ kind: 'folder' }, { kind: 'absent' }])
    report(
      `2,000 files: ours ${ours.toFixed(0)} ms, docker cp ${byCommand.toFixed(0)} ms, inspect ${inspecting.toFixed(0)} ms`,
    )
  })

  it('is fast on a warm channel', async () => {
    const { channel } = await into([])
    const localPath = await h.write('small', 'x'.repeat(1000))
    const median = async (act: () => Promise<unknown>): Promise<number> => {
      const times: number[] = []
      for (let turn = 0; turn < 30; turn++) {
        const before = performance.now()
        await act()
        times.push(performance.now() - before)
      }
      return times.sort((a, b) => a - b)[15] ?? 0
    }
    await run(channel, 'true')
    const copy = await median(() => channel.copy([{ localPath, containerPath: '/work/small' }], never))
    const command = await median(() => run(channel, 'true'))
    const remove = await median(() => channel.remove(['/work/small'], never))
    report(`copy ${copy.toFixed(1)} ms, run ${command.toFixed(1)} ms, remove ${remove.toFixed(1)} ms`)
    expect(copy).toBeLessThan(50)
    expect(command).toBeLessThan(50)
  })
})

function report(text: string): void {
  process.stderr.write(`${text}\n`)
}
