import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HelperChannel } from './channel.js'
import { helperVersion } from './helper-paths.js'
import { agentFixture } from './testing/agent-fixture.js'
import { localAgent, noLocalHelper } from './testing/local-helper.js'
import { header, tar } from './testing/tar.js'

const h = agentFixture()
const { at, text, write } = h
const isRoot = process.getuid?.() === 0
/** Someone who is not root: the rights of files do not bind root. */
const someone = 65_534
/** An agent that the rights of files bind. */
const bound = (): HelperChannel => h.closing(localAgent(isRoot ? { uid: someone } : {}).channel)

describe.skipIf(noLocalHelper !== undefined)('the agent unpacks', () => {
  it('files with content, mode and time, folders, and links as they are', async () => {
    const entries = [
      { name: 'new/sub/run.sh', content: 'echo hi', mode: 0o755, mtime: 1_600_000_000 },
      { name: 'empty', content: '', mode: 0o600 },
      { name: 'folder/', mode: 0o700 },
      { name: 'link', link: 'new/sub/run.sh' },
      { name: 'dangling', link: '/nowhere' },
    ]
    await h.channel.copy(tar(...entries), { root: h.root })
    expect(text('new/sub/run.sh')).toBe('echo hi')
    expect(statSync(at('new/sub/run.sh'))).toMatchObject({ mode: 0o100755, mtimeMs: 1_600_000_000_000 })
    expect(statSync(at('empty'))).toMatchObject({ mode: 0o100600, size: 0 })
    expect(statSync(at('folder')).mode).toBe(0o40700)
    expect(readlinkSync(at('link'))).toBe('new/sub/run.sh')
    expect(readlinkSync(at('dangling'))).toBe('/nowhere')
  })

  it('over what is there, whatever kind that has', async () => {
    mkdirSync(at('was-folder/deep'), { recursive: true })
    mkdirSync(at('was-folder-too/deep'), { recursive: true })
    for (const name of ['was-file', 'was-file-2', 'same']) write(name, 'old', 0o600)
    symlinkSync('same', at('was-link'))
    symlinkSync('nowhere', at('was-dangling'))
    const entries = [
      { name: 'was-folder', content: 'a file' },
      { name: 'was-folder-too', link: 'same' },
      { name: 'was-file/', mode: 0o755 },
      { name: 'was-file-2/below', content: 'in a folder' },
      { name: 'was-link', content: 'no link' },
      { name: 'was-dangling/below', content: 'in a folder, too' },
      { name: 'same', content: 'new', mode: 0o644 },
    ]
    await h.channel.copy(tar(...entries), { root: h.root })
    expect(text('was-folder')).toBe('a file')
    expect(readlinkSync(at('was-folder-too'))).toBe('same')
    expect(statSync(at('was-file')).isDirectory()).toBe(true)
    expect(text('was-file-2/below')).toBe('in a folder')
    expect(lstatSync(at('was-link')).isFile()).toBe(true)
    expect(text('was-dangling/below')).toBe('in a folder, too')
    // The link was replaced, not written through.
    expect(text('same')).toBe('new')
    expect(readdirSync(h.root).filter((name) => name.startsWith('.tiltts'))).toEqual([])
  })

  it('through links in parent folders, and never above the root', async () => {
    mkdirSync(at('inside/real'), { recursive: true })
    symlinkSync('real', at('inside/app'))
    await h.channel.copy(tar({ name: 'app/a', content: 'A' }, { name: '../../up', content: 'U' }), {
      root: at('inside'),
    })
    expect(text('inside/real/a')).toBe('A')
    expect(lstatSync(at('inside/app')).isSymbolicLink()).toBe(true)
    expect(text('inside/up')).toBe('U')
  })

  it('into a root that has to be made', async () => {
    await h.channel.copy(tar({ name: './' }, { name: './a', content: 'A' }), { root: at('x/y') })
    expect(text('x/y/a')).toBe('A')
  })

  it('what GNU tar makes, long names and fractions of a second among it', async () => {
    const name = `${'long-folder-name/'.repeat(12)}${'file'.repeat(30)}`
    mkdirSync(join(at('source'), name, '..'), { recursive: true })
    write(`source/${name}`, 'content')
    for (const format of ['gnu', 'pax']) {
      const source = spawn('tar', ['-C', at('source'), `--format=${format}`, '-cf', '-', '.'])
      await h.channel.copy(source.stdout, { root: at(format) })
      expect(text(`${format}/${name}`)).toBe('content')
    }
    expect(statSync(at(`pax/${name}`)).mtimeMs).toBe(statSync(at(`source/${name}`)).mtimeMs)
  })

  it('replaces a file as a whole: who has it open goes on reading the old one', async () => {
    write('a', 'old')
    const before = statSync(at('a')).ino
    await h.channel.copy(tar({ name: 'a', content: 'new' }), { root: h.root })
    expect(statSync(at('a')).ino).not.toBe(before)
  })

  it('streams: what is much larger than the memory that the agent may take', async () => {
    const { child, channel: one } = localAgent()
    h.closing(one)
    const piece = Buffer.alloc(1 << 20, 'x')
    const megabytes = 200
    async function* large(): AsyncIterable<Uint8Array> {
      yield header({ name: 'large', content: '' }, piece.length * megabytes)
      for (let count = 0; count < megabytes; count++) yield piece
      yield Buffer.alloc(1024)
    }
    await one.copy(large(), { root: h.root })
    expect(statSync(at('large')).size).toBe(piece.length * megabytes)
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
    expect(Number(peak)).toBeLessThan(32 * 1024)
  })

  it('in place where the folder takes no new file, and without a word about modes that are not its to change', async () => {
    write('shared', 'old and longer', 0o666)
    chmodSync(h.root, 0o755)
    if (!isRoot) chmodSync(h.root, 0o555)
    const before = statSync(at('shared')).ino
    await bound().copy(tar({ name: 'shared', content: 'new', mode: 0o644 }), { root: h.root })
    expect(text('shared')).toBe('new')
    expect(statSync(at('shared')).ino).toBe(before)
    chmodSync(h.root, 0o755)
  })

  it.skipIf(!isRoot)(
    'LU-08: for the owner of what is replaced, or of the folder, whatever the stream says',
    async () => {
      mkdirSync(at('theirs'))
      chownSync(at('theirs'), someone, someone)
      write('theirs/ours', 'old')
      write('replaced', 'old')
      chownSync(at('replaced'), someone, someone)
      const names = ['theirs/a', 'theirs/new/deep', 'theirs/ours', 'replaced']
      const files = names.map((name) => ({ name, content: 'A', uid: 1234 }))
      await h.channel.copy(tar({ name: 'theirs/' }, ...files, { name: 'b/' }), { root: h.root })
      expect(statSync(at('theirs'))).toMatchObject({ uid: someone, gid: someone })
      for (const name of ['theirs/a', 'theirs/new', 'theirs/new/deep', 'replaced'])
        expect(statSync(at(name))).toMatchObject({ uid: someone, gid: someone })
      expect(statSync(at('theirs/ours'))).toMatchObject({ uid: 0, gid: 0 })
      expect(statSync(at('b'))).toMatchObject({ uid: 0, gid: 0 })
    },
  )
})

describe.skipIf(noLocalHelper !== undefined)('the agent says what failed', () => {
  it('by path and code of the system, and goes on', async () => {
    chmodSync(h.root, 0o755)
    mkdirSync(at('closed'), { mode: 0o555 })
    write('closed/a', 'A', 0o444)
    const agent = bound()
    const failed = { code: 'container/copy-failed', details: { errno: 'EACCES', path: at('closed/b') } }
    const big = { name: 'closed/b', content: 'x'.repeat(300_000) }
    await expect(agent.copy(tar(big, { name: 'c', content: 'C' }), { root: h.root })).rejects.toMatchObject({
      ...failed,
      message: `cannot write ${at('closed/b')}: permission denied (EACCES)`,
    })
    await expect(agent.copy(tar({ name: 'closed/a', content: 'B' }), { root: h.root })).rejects.toMatchObject({
      details: { errno: 'EACCES', path: at('closed/a') },
    })
    await expect(agent.copy(tar({ name: 'closed/l', link: 'a' }), { root: h.root })).rejects.toMatchObject({
      details: { errno: 'EACCES', path: at('closed/l') },
    })
    await expect(agent.remove([at('closed/a')])).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: `cannot remove ${at('closed/a')}: permission denied (EACCES)`,
    })
    expect(text('closed/a')).toBe('A')
    expect(await agent.inspect([at('none')])).toEqual([{ path: at('none'), kind: 'absent' }])
    chmodSync(at('closed'), 0o755)
  })

  it('of a tar stream that ends early or is none, and goes on', async () => {
    async function* cut(): AsyncIterable<Uint8Array> {
      yield header({ name: 'a', content: '' }, 1000)
      yield Buffer.from('not all of it')
    }
    await expect(h.channel.copy(cut(), { root: h.root })).rejects.toMatchObject({ code: 'container/copy-failed' })
    async function* nonsense(): AsyncIterable<Uint8Array> {
      yield Buffer.alloc(2000, 'x')
    }
    await expect(h.channel.copy(nonsense(), { root: h.root })).rejects.toMatchObject({
      message: expect.stringContaining('the tar stream is broken'),
    })
    expect(readdirSync(h.root)).toEqual([])
    await h.channel.copy(tar({ name: 'a', content: 'A' }), { root: h.root })
    expect(text('a')).toBe('A')
  })

  it('of relative paths, of all of a container, and of entries that are no file', async () => {
    await expect(h.channel.copy(tar(), { root: 'relative' })).rejects.toMatchObject({ details: { errno: 'EINVAL' } })
    await expect(h.channel.remove(['relative'])).rejects.toMatchObject({ details: { path: 'relative' } })
    await expect(h.channel.remove(['/tmp/..'])).rejects.toMatchObject({ details: { errno: 'EINVAL' } })
    execFileSync('mkfifo', [at('pipe')])
    const source = spawn('tar', ['-C', h.root, '-cf', '-', 'pipe'])
    await expect(h.channel.copy(source.stdout, { root: at('to') })).rejects.toMatchObject({
      message: `cannot write ${at('to/pipe')}: not a file, a folder or a symbolic link (EINVAL)`,
    })
  })

  it('and hands on the error of a source that breaks, leaving nothing unfinished', async () => {
    async function* breaks(): AsyncIterable<Uint8Array> {
      yield header({ name: 'a', content: '' }, 200_000)
      yield Buffer.alloc(100_000)
      throw new Error('the disk here is broken')
    }
    await expect(h.channel.copy(breaks(), { root: h.root })).rejects.toThrow('the disk here is broken')
    expect((await h.channel.ready()).version).toBe(helperVersion)
    expect(readdirSync(h.root)).toEqual([])
  })
})
