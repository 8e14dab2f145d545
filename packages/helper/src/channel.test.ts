import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openHelperChannel } from './channel.js'
import { helperVersion } from './helper-paths.js'
import { agentFixture, isAlive } from './testing/agent-fixture.js'
import { localAgent, localHelper, noLocalHelper, processStream, until } from './testing/local-helper.js'
import { header, tar } from './testing/tar.js'

const h = agentFixture()
const { at, text, write } = h
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex')

describe.skipIf(noLocalHelper !== undefined)('the agent removes and looks', () => {
  it('removes paths with all below, links without their targets, and does not mind what is not there', async () => {
    mkdirSync(at('folder/deep'), { recursive: true })
    write('folder/deep/a', 'A')
    write('kept', 'K')
    symlinkSync('kept', at('link'))
    await h.channel.remove([at('folder'), at('link'), at('none'), at('kept/below-a-file')])
    expect(readdirSync(h.root)).toEqual(['kept'])
  })

  it('tells kind, mode, size, content and target of many paths, in their order', async () => {
    write('a', 'A', 0o640)
    mkdirSync(at('folder'), { mode: 0o750 })
    symlinkSync('../a', at('link'))
    execFileSync('mkfifo', ['-m', '600', at('pipe')])
    const names = ['a', 'link', 'none', 'folder', 'a/below', 'pipe']
    const expected = [
      { path: at('a'), kind: 'file', mode: 0o640, size: 1, sha256: sha256('A') },
      { path: at('link'), kind: 'link', mode: 0o777, target: '../a' },
      { path: at('none'), kind: 'absent' },
      { path: at('folder'), kind: 'folder', mode: 0o750 },
      { path: at('a/below'), kind: 'absent' },
      { path: at('pipe'), kind: 'other', mode: 0o600 },
    ]
    expect(await h.channel.inspect(names.map(at))).toEqual(expected)
    const many = Array.from({ length: 2000 }, () => names.map(at)).flat()
    const found = await h.channel.inspect(many)
    expect(found).toHaveLength(many.length)
    expect(found.slice(-names.length)).toEqual(expected)
    expect(await h.channel.inspect([])).toEqual([])
  })
})

describe.skipIf(noLocalHelper !== undefined)('the channel', () => {
  it('tells the version, and that nothing can be restarted without a wrapper', async () => {
    expect(await h.channel.ready()).toEqual({ version: helperVersion, canRestart: false })
    await expect(h.channel.restart()).rejects.toMatchObject({
      code: 'container/run-failed',
      details: { errno: 'ECONNREFUSED' },
    })
  })

  it('goes on after an aborted copy, which leaves nothing unfinished', async () => {
    const abort = new AbortController()
    async function* endless(): AsyncIterable<Uint8Array> {
      yield header({ name: 'a', content: '' }, 2 ** 31)
      for (;;) {
        yield Buffer.alloc(65_536)
        if (readdirSync(h.root).length > 0) abort.abort(new Error('enough'))
        await sleep(0)
      }
    }
    await expect(h.channel.copy(endless(), { root: h.root, signal: abort.signal })).rejects.toThrow('enough')
    await h.channel.copy(tar({ name: 'b', content: 'B' }), { root: h.root })
    expect(readdirSync(h.root)).toEqual(['b'])
  })

  it('ends the agent and its command when it is closed, and refuses what comes after', async () => {
    const { child, channel: one } = localAgent()
    const running = one.run(['sh', '-c', 'echo $$ > pid; sleep 100'], { dir: h.root })
    running.catch(() => {})
    await until('it runs', () => existsSync(at('pid')) && text('pid') !== '')
    await one.close()
    await expect(running).rejects.toMatchObject({ code: 'container/channel-closed' })
    await expect(one.ready()).rejects.toMatchObject({ code: 'container/channel-closed', retry: true })
    expect(child.exitCode).toBe(0)
    expect(isAlive(Number(text('pid')))).toBe(false)
  })

  it('is closed when the agent dies, for what runs and what waits', async () => {
    const { child, channel: one } = localAgent()
    const running = one.run(['sleep', '5'])
    const waiting = one.ready()
    running.catch(() => {})
    waiting.catch(() => {})
    await sleep(50)
    child.kill('SIGKILL')
    await expect(running).rejects.toMatchObject({ code: 'container/channel-closed' })
    await expect(waiting).rejects.toMatchObject({ code: 'container/channel-closed' })
    await one.close()
  })

  it('says what answered in the place of an agent', async () => {
    const child = spawn('sh', ['-c', 'echo exec failed: no such file; cat > /dev/null'], { stdio: 'pipe' })
    const one = openHelperChannel(processStream(child))
    await expect(one.ready()).rejects.toMatchObject({
      code: 'container/channel-closed',
      message: expect.stringContaining('exec failed: no such file'),
    })
    await one.close()
    const gone = openHelperChannel(
      processStream(spawn('sh', ['-c', 'echo no such container >&2; exit 1'], { stdio: 'pipe' })),
    )
    await expect(gone.ready()).rejects.toMatchObject({ message: expect.stringContaining('no such container') })
    await gone.close()
  })

  it('is left by an agent that is not spoken to in its protocol', async () => {
    const child = spawn(localHelper, ['agent'], { stdio: 'pipe' })
    child.stdin.end('GET / HTTP/1.1\r\n\r\n')
    expect(await processStream(child).closed).toContain("does not speak the agent's protocol")
  })
})
