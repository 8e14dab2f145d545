import { type ChildProcess, execFile, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type HelperChannel, openHelperChannel } from './channel.js'
import { idleArgv, lookArgv } from './helper-argv.js'
import { localHelper, noLocalHelper, processStream, until } from './testing/local-helper.js'
import { tar } from './testing/tar.js'

const run = promisify(execFile)
const someone = 1234
// Another root needs one who may change it.
const skip = noLocalHelper !== undefined || process.getuid?.() !== 0

let root = ''
let target: ChildProcess
const channels: HelperChannel[] = []
const at = (path: string): string => join(root, path)

function agent(): HelperChannel {
  const argv = ['agent', '--socket=tiltts-test-none', `--target=${target.pid}`]
  const channel = openHelperChannel(
    processStream(spawn(localHelper, argv, { stdio: 'pipe', uid: someone, gid: someone })),
  )
  channels.push(channel)
  return channel
}

async function look(uid: number, pid: number | undefined = target.pid): Promise<string> {
  const [, ...argv] = lookArgv(String(pid))
  return (await run(localHelper, argv, { uid, gid: uid })).stdout
}

describe.skipIf(skip)('an agent of another container', () => {
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'tiltts-target-'))
    chmodSync(root, 0o755)
    copyFileSync(localHelper, at('helper'))
    chmodSync(at('helper'), 0o755)
    mkdirSync(at('app/real'), { recursive: true })
    for (const path of ['app', 'app/real']) chownSync(at(path), someone, someone)
    const [, ...argv] = idleArgv()
    target = spawn('chroot', [`--userspec=${someone}:${someone}`, root, '/helper', ...argv])
    const hasRoot = (): boolean => readlinkSync(`/proc/${target.pid}/root`) === root
    await until(
      'it runs below its own root',
      () => hasRoot() && readlinkSync(`/proc/${target.pid}/exe`) === at('helper'),
    )
  })
  afterEach(async () => {
    await Promise.all(channels.splice(0).map((channel) => channel.close()))
    target.kill('SIGKILL')
    rmSync(root, { recursive: true, force: true })
  })

  it('tells who it runs as, and whether its files can be had', async () => {
    expect(await look(someone)).toBe(`${someone} ${someone} ok\n`)
    expect(await look(4321)).toBe(`${someone} ${someone} EACCES\n`)
    await expect(look(0, process.pid)).rejects.toMatchObject({
      stderr: expect.stringContaining('does not share the processes'),
    })
  })

  it('copies, looks at and removes its files as its user', async () => {
    const channel = agent()
    expect(await channel.ready()).toMatchObject({ canRestart: false })
    await channel.copy(tar({ name: 'app/new/a', content: 'A', mode: 0o640 }, { name: 'app/l', link: '/app/new' }))
    expect(readFileSync(at('app/new/a'), 'utf8')).toBe('A')
    expect(statSync(at('app/new/a'))).toMatchObject({ mode: 0o100640, uid: someone, gid: someone })
    expect(await channel.inspect(['/app/new/a', '/app/l', '/app/new', '/none'])).toMatchObject([
      { kind: 'file' },
      { kind: 'link', target: '/app/new' },
      { kind: 'folder' },
      { kind: 'absent' },
    ])
    await channel.remove(['/app/new', '/app/l', '/none'])
    expect(existsSync(at('app/new'))).toBe(false)
    expect(() => lstatSync(at('app/l'))).toThrow('ENOENT')
    await expect(channel.remove(['/'])).rejects.toThrow('all of a container cannot be removed')
  })

  it('follows links of its folders below its own root, absolute ones and those that would leave it', async () => {
    symlinkSync('/app/real', at('app/absolute'))
    symlinkSync('../../../../../app/absolute', at('app/out'))
    symlinkSync('/app/round', at('app/round'))
    const channel = agent()
    await channel.copy(tar({ name: 'app/absolute/a', content: 'A' }, { name: 'app/out/b', content: 'B' }))
    expect(readFileSync(at('app/real/a'), 'utf8') + readFileSync(at('app/real/b'), 'utf8')).toBe('AB')
    await channel.copy(tar({ name: 'c', content: 'C' }), { root: '/app/out' })
    expect(await channel.inspect(['/app/out/c', '/app/out'])).toMatchObject([{ kind: 'file' }, { kind: 'link' }])
    await channel.remove(['/app/out/a'])
    expect(existsSync(at('app/real/a'))).toBe(false)
    await expect(channel.copy(tar({ name: 'app/round/x', content: '' }))).rejects.toMatchObject({
      details: { errno: 'ELOOP' },
    })
  })

  it('names paths as they are there, and starts nothing', async () => {
    writeFileSync(at('mine'), '', { mode: 0o600 })
    const channel = agent()
    await expect(channel.copy(tar({ name: 'mine', content: 'x' }))).rejects.toMatchObject({
      message: expect.stringContaining('/mine'),
      details: { errno: 'EACCES', path: '/mine' },
    })
    await expect(channel.run(['/helper', 'version'])).rejects.toMatchObject({ code: 'container/run-failed' })
    await expect(channel.restart()).rejects.toMatchObject({ code: 'container/run-failed' })
  })

  it('ends with it', async () => {
    const channel = agent()
    await channel.ready()
    target.kill('SIGKILL')
    await until('its end is heard of', () =>
      channel.ready().then(
        () => false,
        () => true,
      ),
    )
    await expect(channel.copy(tar({ name: 'app/late', content: 'x' }))).rejects.toMatchObject({
      code: 'container/channel-closed',
    })
    expect(existsSync(at('app/late'))).toBe(false)
  })
})
