import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunOptions } from './channel.js'
import { agentFixture, isAlive } from './testing/agent-fixture.js'
import { noLocalHelper, until } from './testing/local-helper.js'

const h = agentFixture()
const { at, text, write } = h
describe.skipIf(noLocalHelper !== undefined)('the agent runs commands', () => {
  const run = async (argv: readonly string[], options: RunOptions = {}) => {
    const said = { stdout: '', stderr: '' }
    const onOutput = (bytes: Uint8Array, stream: 'stdout' | 'stderr'): void => {
      said[stream] += Buffer.from(bytes).toString()
    }
    return { ...(await h.channel.run(argv, { onOutput, ...options })), ...said }
  }

  it('with both outputs, exit code, folder and environment, one after another', async () => {
    const script = 'echo "$ONE $PATH"; pwd; echo err >&2; exit 3'
    expect(await run(['sh', '-c', script], { dir: h.root, env: { ONE: '1' } })).toEqual({
      exitCode: 3,
      stdout: `1 ${process.env['PATH']}\n${h.root}\n`,
      stderr: 'err\n',
    })
    expect(await run(['sh', '-c', 'echo $HOME'], { env: { HOME: 'other' } })).toMatchObject({ stdout: 'other\n' })
    expect(await run(['sh', '-c', 'kill -9 $$'])).toMatchObject({ exitCode: 137 })
    const both = await Promise.all([run(['sh', '-c', 'sleep 0.1; echo 1']), run(['echo', '2'])])
    expect(both.map((one) => one.stdout)).toEqual(['1\n', '2\n'])
  })

  it('with an empty stdin, and all of a long output', async () => {
    expect(await run(['cat'])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    const { stdout } = await run(['sh', '-c', 'head -c 3000000 /dev/zero | tr "\\0" x'])
    expect(stdout).toHaveLength(3_000_000)
  })

  it('hands output over as it comes', async () => {
    let seen = ''
    const onOutput = (bytes: Uint8Array): void => {
      seen += Buffer.from(bytes).toString()
    }
    const running = h.channel.run(['sh', '-c', `echo first; while [ ! -e go ]; do sleep 0.01; done`], {
      dir: h.root,
      onOutput,
    })
    await until('the first line is there', () => seen === 'first\n')
    write('go', '')
    expect(await running).toEqual({ exitCode: 0 })
  })

  it('does not wait for what they leave in the background, nor end it', async () => {
    const script = `(sleep 0.6; echo late; echo alive > ${at('alive')}) & echo done`
    const started = performance.now()
    expect(await run(['sh', '-c', script])).toMatchObject({ exitCode: 0, stdout: 'done\n' })
    expect(performance.now() - started).toBeLessThan(550)
    await until('the background process went on', () => existsSync(at('alive')))
  })

  it('says which command or folder is not there, or is no program', async () => {
    await expect(run(['no-such-command'])).rejects.toMatchObject({
      code: 'container/run-failed',
      message: 'cannot start no-such-command: no such file or directory (ENOENT)',
    })
    await expect(run(['true'], { dir: at('none') })).rejects.toMatchObject({ details: { path: at('none') } })
    write('text', 'no program', 0o644)
    await expect(run([at('text')])).rejects.toMatchObject({ details: { errno: 'EACCES', path: at('text') } })
    await expect(run([])).rejects.toMatchObject({ details: { errno: 'EINVAL' } })
  })

  it('ends them with all that they started when aborted, and goes on', async () => {
    const abort = new AbortController()
    const script = `trap "" TERM; sleep 100 & echo $$ $! > pids; wait`
    const running = run(['sh', '-c', script], { dir: h.root, signal: abort.signal })
    await until('it runs', () => existsSync(at('pids')) && text('pids') !== '')
    abort.abort(new Error('a newer edit'))
    await expect(running).rejects.toThrow('a newer edit')
    // Answered when the command is gone.
    expect(await run(['echo', 'next'])).toMatchObject({ stdout: 'next\n' })
    for (const pid of text('pids').trim().split(' ')) expect(isAlive(Number(pid))).toBe(false)
    await expect(run(['echo'], { signal: abort.signal })).rejects.toThrow('a newer edit')
  })
})
