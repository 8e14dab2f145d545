import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { openHelperChannel } from './channel.js'
import { agentArgv, wrapArgv } from './helper-argv.js'
import { helperPath, helperVersion } from './helper-paths.js'
import { describeWithContainers, docker } from './testing/docker.js'
import { localHelper, processStream, until } from './testing/local-helper.js'
import { header, tar } from './testing/tar.js'

/** A program for an image that has no other: says `1` when it starts, and stays until SIGTERM ends it with 143. */
const serverOf = (name: string): readonly string[] => [
  helperPath,
  'wrap',
  `--socket=${name}`,
  '--on-exit=stay',
  '--',
  helperPath,
  'version',
]
/** Nothing may be written but the mounts; no right is left. */
const locked = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--network=none']
const json = (argv: readonly string[]): string => JSON.stringify(argv)
const inspect = (id: string, what: string): Promise<string> => docker('inspect', '--format', `{{${what}}}`, id)
const logs = (id: string): Promise<string> => docker('logs', id)
const lines = async (id: string, line: string): Promise<number> =>
  (await logs(id)).split(/\r?\n/).filter((one) => one === line).length

describeWithContainers('in an image that has nothing but the helper, for someone who is not root', (containers) => {
  let image = ''
  const start = (...mounts: readonly string[]): Promise<string> => containers.start([...locked, ...mounts], image)
  beforeAll(async () => {
    image = await containers.image('scratch', 'USER 1000:1000', `ENTRYPOINT ${json(wrapArgv(serverOf('server')))}`)
  })

  it('RST-01: the process starts again in place, and the container stays', async () => {
    const id = await start()
    await until('it has started', async () => (await lines(id, '1')) === 1)
    const before = await inspect(id, '.State.StartedAt}} {{.State.Pid}} {{.RestartCount')
    const agent = containers.agent(id)
    expect(await agent.ready()).toEqual({ version: helperVersion, canRestart: true })
    await agent.restart()
    await until('it has started again', async () => (await lines(id, '1')) === 2)
    await agent.restart()
    await until('and again', async () => (await lines(id, '1')) === 3)
    expect(await inspect(id, '.State.StartedAt}} {{.State.Pid}} {{.RestartCount')).toBe(before)
    expect(await inspect(id, '.State.Running')).toBe('true')
    // One process each: the wrapper, and what it runs.
    expect((await docker('top', id, '-o', 'pid,args')).match(/ wrap .*/g)).toHaveLength(2)
  })

  it('root and other users may ask for the restart, too', async () => {
    const id = await start()
    for (const [index, user] of ['0', '1234'].entries()) {
      await containers.agent(id, '--user', user).restart()
      await until('it has started again', async () => (await lines(id, '1')) === index + 2)
    }
  })

  it('`docker stop` ends it at once, with the code of the process', async () => {
    const id = await start()
    await until('it has started', async () => (await lines(id, '1')) === 1)
    const before = performance.now()
    await docker('stop', '--time', '20', id)
    expect(performance.now() - before).toBeLessThan(10_000)
    expect(await inspect(id, '.State.ExitCode')).toBe('143')
  })

  it('LU-08: files arrive with mode and time, links as links, and belong to who may write there', async () => {
    const id = await start('--tmpfs=/app:exec,mode=1777')
    const agent = containers.agent(id)
    const program = { name: 'app/bin/server', content: readFileSync(localHelper), mode: 0o751, uid: 501 }
    await agent.copy(tar(program, { name: 'app/link', link: 'bin/server' }, { name: 'app/folder', mode: 0o710 }))
    const paths = ['/app/bin/server', '/app/link', '/app/folder', '/app/none']
    expect(await agent.inspect(paths)).toMatchObject([
      { kind: 'file', mode: 0o751, size: statSync(localHelper).size },
      { kind: 'link', target: 'bin/server' },
      { kind: 'folder', mode: 0o710 },
      { kind: 'absent' },
    ])
    // Only its owner may execute it.
    let said = ''
    const onOutput = (bytes: Uint8Array): void => {
      said += Buffer.from(bytes).toString()
    }
    expect(await agent.run(['/app/link', 'version'], { onOutput })).toEqual({ exitCode: 0 })
    expect(said).toBe(`${helperVersion}\n`)
    await agent.remove(['/app/bin', '/app/link'])
    expect(await agent.inspect(['/app/bin'])).toEqual([{ path: '/app/bin', kind: 'absent' }])
  })

  it('what is read-only, full, or not theirs is said by path and code, and the channel goes on', async () => {
    const id = await start('--tmpfs=/small:mode=1777,size=64k', '--tmpfs=/closed:mode=755')
    const agent = containers.agent(id)
    const failing = (name: string, content: string): Promise<unknown> =>
      agent.copy(tar({ name, content })).then(
        () => 'copied',
        (error: unknown) => error,
      )
    const of = (errno: string, path: string): unknown =>
      expect.objectContaining({ code: 'container/copy-failed', details: { errno, path } })
    expect(await failing('new/a', 'A')).toEqual(of('EROFS', '/new'))
    expect(await failing('.tiltts/helper', 'A')).toEqual(of('EROFS', '/.tiltts/helper'))
    expect(await failing('closed/a', 'A')).toEqual(of('EACCES', '/closed/a'))
    expect(await failing('small/large', 'x'.repeat(500_000))).toEqual(of('ENOSPC', '/small/large'))
    await expect(agent.remove([helperPath])).rejects.toMatchObject({ details: { errno: 'EROFS', path: helperPath } })
    await expect(agent.run(['sh', '-c', 'true'])).rejects.toMatchObject({
      code: 'container/run-failed',
      message: 'cannot start sh: no such file or directory (ENOENT)',
    })
    // Nothing of the large file is left.
    expect(await failing('small/fits', 'x'.repeat(50_000))).toBe('copied')
  })

  it('a file that is mounted alone is written in place', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tiltts-helper-mount-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'config')
    writeFileSync(file, 'old and longer')
    const id = await start(`--volume=${file}:/app/config`, '--user=0', '--cap-add=DAC_OVERRIDE', '--tmpfs=/app')
    await containers.agent(id).copy(tar({ name: 'app/config', content: 'new' }))
    expect(readFileSync(file, 'utf8')).toBe('new')
  })

  it('an agent whose client is gone ends', async () => {
    const id = await start()
    const client = spawn('docker', ['exec', '-i', id, ...agentArgv()], { stdio: 'pipe' })
    const channel = openHelperChannel(processStream(client))
    const hasAgent = async (): Promise<boolean> => (await docker('top', id, '-o', 'pid,args')).includes('helper agent')
    await channel.ready()
    expect(await hasAgent()).toBe(true)
    client.kill('SIGKILL')
    await until('the agent is gone', async () => !(await hasAgent()))
    await expect(channel.ready()).rejects.toMatchObject({ code: 'container/channel-closed' })
  })

  it('a channel is closed when the container ends, in the middle of a copy', async () => {
    const id = await start('--tmpfs=/app:mode=1777')
    const agent = containers.agent(id)
    async function* endless(): AsyncIterable<Uint8Array> {
      yield header({ name: 'app/a', content: '' }, 2 ** 32)
      for (let count = 0; ; count++) {
        yield Buffer.alloc(65_536)
        if (count === 100) await docker('kill', id)
      }
    }
    await expect(agent.copy(endless())).rejects.toMatchObject({ code: 'container/channel-closed' })
  })
})

describeWithContainers('containers with one network', (containers) => {
  it('as those of a pod have it restart their own process only, and do not mind the network of the host', async () => {
    const image = await containers.image('scratch', `ENTRYPOINT ${json([helperPath])}`)
    const start = (name: string, network: string): Promise<string> =>
      containers.start([`--network=${network}`], image, ...wrapArgv(serverOf(`${name}-${process.pid}`)).slice(1))
    const first = await start('first', 'bridge')
    const second = await start('second', `container:${first}`)
    const third = await start('third', 'host')
    const all = [first, second, third]
    const started = (): Promise<readonly number[]> => Promise.all(all.map((id) => lines(id, '1')))
    await until('all have started', async () => (await started()).every((times) => times === 1))
    for (const [index, id] of all.entries()) {
      await containers.agent(id).restart()
      await until('it has started again', async () => (await lines(id, '1')) === 2)
      expect(await started()).toEqual(all.map((_, other) => (other <= index ? 2 : 1)))
    }
  })
})

describeWithContainers('the end of the process', (containers) => {
  let image = ''
  beforeAll(async () => {
    image = await containers.image('busybox')
  })
  const start = (script: string, onExit: 'end' | 'stay', ...options: readonly string[]): Promise<string> => {
    const [entrypoint = '', ...argv] = wrapArgv(['sh', '-c', script], { onExit, graceMs: 300 })
    return containers.start([`--entrypoint=${entrypoint}`, ...options], image, ...argv)
  }

  it('RST-02: ends the container with its code, so that the restart policy takes over', async () => {
    const id = await start('echo started; exit 3', 'end')
    expect(await docker('wait', id)).toBe('3')
    const again = await start('echo started; exit 3', 'end', '--restart=on-failure:2')
    await until('the engine gave up', async () => (await lines(again, 'started')) === 3)
  })

  it('RST-02: leaves the container waiting for the next restart when it is to stay', async () => {
    const id = await start('echo started; [ -e /ready ] && exec sleep 1000; exit 3', 'stay')
    await until('it says so', async () => (await logs(id)).includes('ended with exit code 3'))
    expect(await inspect(id, '.State.Running')).toBe('true')
    const agent = containers.agent(id)
    await agent.copy(tar({ name: 'ready', content: '' }))
    await agent.restart()
    await until('it has started', async () => (await lines(id, 'started')) === 2)
    expect(await docker('top', id, '-o', 'pid,args')).toContain('sleep 1000')
    await docker('stop', id)
    expect(await inspect(id, '.State.ExitCode')).toBe('143')
  })

  it('asked for by `docker stop` is the process own: its handler runs, its code is kept', async () => {
    for (const onExit of ['end', 'stay'] as const) {
      const id = await start('trap "echo bye; exit 5" TERM; echo started; while :; do sleep 0.05; done', onExit)
      await until('it has started', async () => (await lines(id, 'started')) === 1)
      await docker('stop', '--time', '20', id)
      expect(await inspect(id, '.State.ExitCode')).toBe('5')
      expect(await lines(id, 'bye')).toBe(1)
    }
  })

  it('on a terminal comes when its foreground process ends; that has the terminal', async () => {
    // Its group is that which the terminal has in the foreground.
    const id = await start('cut -d" " -f5,8 /proc/self/stat; tty; exit 4', 'end', '--tty')
    expect(await docker('wait', id)).toBe('4')
    expect(await logs(id)).toMatch(/^(\d+) \1\r?\n\/dev\/pts\/0/)
  })

  it('leaves no zombies behind, also of what others started in the container', async () => {
    const id = await start('sh -c "sleep 0.1 & sleep 0.2 &"; echo started; exec sleep 1000', 'end')
    await until('it has started', async () => (await lines(id, 'started')) === 1)
    await docker('exec', id, 'sh', '-c', 'sleep 0.1 &')
    await until(
      'they are gone',
      async () => !/^ *\d+ +(Z|\S+ +sleep 0)/m.test(await docker('top', id, '-o', 'pid,stat,args')),
    )
  })
})
