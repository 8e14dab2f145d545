import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type IPty, spawn } from '@lydell/node-pty'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { localAgent, localHelper, noLocalHelper, until } from './testing/local-helper.js'
import { childrenOf, stateOf, type Wrapped, wrapped } from './testing/wrapped.js'

let folder: string
const open: Wrapped[] = []
const at = (path: string): string => join(folder, path)

function wrap(script: string, options: Parameters<typeof wrapped>[1] = {}): Wrapped {
  const one = wrapped(['sh', '-c', script], { dir: folder, ...options })
  open.push(one)
  return one
}
const shows = (one: Wrapped, pattern: RegExp): Promise<void> =>
  until(`${pattern} in ${one.text()}`, () => pattern.test(one.text()))
const count = (one: Wrapped, word: string): number => one.text().split(word).length - 1
/** Says its process id, and stays. */
const server = 'echo started $$; exec sleep 100'
const pids = (one: Wrapped): readonly number[] =>
  [...one.text().matchAll(/started (\d+)/g)].map((found) => Number(found[1]))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tiltts-wrap-'))
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(noLocalHelper !== undefined)('a wrapped command', () => {
  it('has stdin, stdout, stderr, folder and environment of its own, and ends with its exit code', async () => {
    const one = wrap('read line; echo "got $line $WORD $(pwd)"; echo err >&2; exit 7', { env: { WORD: 'word' } })
    one.child.stdin?.write('hello\n')
    expect(await one.ended).toBe(7)
    expect(one.text()).toContain(`got hello word ${folder}\n`)
    expect(one.text()).toContain('err\n')
  })

  it('ends with 128+n when a signal ended it', async () => {
    expect(await wrap('kill -KILL $$').ended).toBe(137)
    expect(await wrap('kill -TERM $$').ended).toBe(143)
  })

  it('that cannot be started is 127 or 126, with its name', async () => {
    const missing = wrapped(['no-such-command'])
    writeFileSync(at('text'), 'no program')
    const text = wrapped([at('text')])
    open.push(missing, text)
    expect([await missing.ended, await text.ended]).toEqual([127, 126])
    expect(missing.text()).toContain('cannot start no-such-command: no such file or directory')
    expect(text.text()).toContain(`cannot start ${at('text')}: permission denied`)
  })

  it('gets the signals that the helper gets', async () => {
    const traps = ['HUP', 'USR1', 'USR2', 'WINCH', 'CONT', 'INT'].map((name) => `trap 'echo got ${name}' ${name}`)
    const one = wrap(`${traps.join('; ')}; trap 'echo got TERM; exit 5' TERM; echo ready; while :; do sleep 0.02; done`)
    await shows(one, /ready/)
    for (const name of ['HUP', 'USR1', 'USR2', 'WINCH', 'CONT', 'INT']) {
      one.child.kill(`SIG${name}` as NodeJS.Signals)
      await shows(one, new RegExp(`got ${name}`))
    }
    one.child.kill('SIGTERM')
    expect(await one.ended).toBe(5)
  })

  it('leaves no zombies of what it started and abandoned', async () => {
    const one = wrap('for i in 1 2 3; do sh -c "sleep 0.05 & echo orphan \\$!"; done; echo ready; exec sleep 100')
    await shows(one, /ready/)
    const orphans = [...one.text().matchAll(/orphan (\d+)/g)].map((found) => Number(found[1]))
    expect(orphans).toHaveLength(3)
    await until('they are gone', () => orphans.every((pid) => stateOf(pid) === undefined))
  })
})

describe.skipIf(noLocalHelper !== undefined)('a restart', () => {
  it('ends the process and starts the same command again, and is answered when it runs', async () => {
    const one = wrap('echo started $$ $WORD $(pwd); exec sleep 100', { env: { WORD: 'word' } })
    await shows(one, /started/)
    expect(await one.channel.ready()).toMatchObject({ canRestart: true })
    const [first = 0] = pids(one)
    await one.channel.restart()
    expect(stateOf(first)).toBe(undefined)
    expect(childrenOf(one.child.pid)).toHaveLength(1)
    await until('the second has started', () => pids(one).length === 2)
    expect(count(one, `word ${folder}\n`)).toBe(2)
    expect(childrenOf(one.child.pid)).toEqual([pids(one)[1]])
  })

  it('asks first: a process that handles SIGTERM ends in its own way', async () => {
    const one = wrap(`trap 'sleep 0.1; echo bye; exit 0' TERM; echo started $$; while :; do sleep 0.02; done`)
    await shows(one, /started/)
    await one.channel.restart()
    await until('the second has started', () => pids(one).length === 2)
    expect(one.text()).toMatch(/started \d+\n(Terminated\n)?bye\nstarted \d+\n/)
  })

  it('kills after the grace time what does not listen', async () => {
    const one = wrap(`trap '' TERM; ${server}`, { flags: ['--grace=150ms'] })
    await shows(one, /started/)
    const before = performance.now()
    await one.channel.restart()
    expect(performance.now() - before).toBeGreaterThan(140)
    expect(stateOf(pids(one)[0] ?? 0)).toBe(undefined)
    await until('the second has started', () => pids(one).length === 2)
  })

  it('ends the whole process group before the command starts again', async () => {
    // The shell dies at once; what it started takes its time, and would keep a port.
    const child = 'trap "sleep 0.15; rm lock; exit" TERM; echo ready; while :; do sleep 0.02; done'
    const one = wrap(`[ -e lock ] && echo locked; touch lock; sh -c '${child}' & wait`)
    await shows(one, /ready/)
    await one.channel.restart()
    await until('the second is ready', () => count(one, 'ready') === 2)
    expect(one.text()).not.toContain('locked')
  })

  it('is one restart for all who ask during it', async () => {
    const one = wrap(`trap 'sleep 0.2; exit' TERM; echo started $$; while :; do sleep 0.02; done`)
    await shows(one, /started/)
    const agents = Array.from({ length: 4 }, () => localAgent({ socket: one.socket }).channel)
    await Promise.all(agents.map((agent) => agent.ready()))
    await Promise.all(agents.map((agent) => agent.restart()))
    await Promise.all(agents.map((agent) => agent.close()))
    await sleep(100)
    expect(count(one, 'started')).toBe(2)
  })

  it('finds a program and a folder that were made anew', async () => {
    mkdirSync(at('app'))
    const program = (word: string): void => {
      writeFileSync(at('app/run'), `#!/bin/sh\necho ${word} $(pwd)\nexec sleep 100\n`)
      chmodSync(at('app/run'), 0o755)
    }
    program('old')
    const one = wrapped(['./run'], { dir: at('app') })
    open.push(one)
    await shows(one, /old/)
    rmSync(at('app'), { recursive: true })
    mkdirSync(at('app'))
    program('new')
    await one.channel.restart()
    await shows(one, new RegExp(`new ${at('app')}`))
  })

  it('of a command that has gone is an error with its path; the container ends, or stays for the next', async () => {
    const path = at('run')
    const program = (): void => {
      writeFileSync(path, `#!/bin/sh\n${server}\n`)
      chmodSync(path, 0o755)
    }
    for (const policy of ['end', 'stay']) {
      program()
      const one = wrapped([path], { flags: [`--on-exit=${policy}`] })
      open.push(one)
      await shows(one, /started/)
      rmSync(path)
      await expect(one.channel.restart()).rejects.toMatchObject({
        code: 'container/run-failed',
        message: `cannot start the process again (${path}): no such file or directory (ENOENT)`,
      })
      if (policy === 'end') expect(await one.ended).toBe(127)
      else {
        program()
        await one.channel.restart()
        await until('it runs again', () => pids(one).length === 2)
      }
    }
  })
})

describe.skipIf(noLocalHelper !== undefined)('the end of the process', () => {
  it('is waited out with `stay`: said once, and a restart starts the command', async () => {
    const one = wrap('echo started $$; exit 3', { flags: ['--on-exit=stay'] })
    await shows(one, /ended with exit code 3/)
    expect(one.child.exitCode).toBe(null)
    await one.channel.restart()
    await until('it has ended again', () => count(one, 'ended with exit code 3') === 2)
    expect(pids(one)).toHaveLength(2)
    one.child.kill('SIGTERM')
    expect(await one.ended).toBe(143)
  })

  it('ends what stays, too, when it was asked for by a signal', async () => {
    const one = wrap(`trap 'exit 9' TERM; echo started; while :; do sleep 0.02; done`, { flags: ['--on-exit=stay'] })
    await shows(one, /started/)
    one.child.kill('SIGTERM')
    expect(await one.ended).toBe(9)
  })

  it('in the middle of a restart that a signal overtakes is the end: nothing is started any more', async () => {
    const one = wrap(`trap 'touch stopping; sleep 0.3; exit 4' TERM; echo started; while :; do sleep 0.02; done`)
    await shows(one, /started/)
    const restart = one.channel.restart()
    restart.catch(() => {})
    await until('it is stopping', () => existsSync(at('stopping')))
    one.child.kill('SIGTERM')
    expect(await one.ended).toBe(4)
    await expect(restart).rejects.toMatchObject({ message: expect.stringContaining('the container ends') })
    expect(count(one, 'started')).toBe(1)
  })
})

describe.skipIf(noLocalHelper !== undefined)('wrap', () => {
  it('steps aside for a wrapper that is there: a wrapped image is wrapped again by what runs it', async () => {
    const script = 'echo started $$; cat /proc/$$/comm; exec sleep 100'
    const socket = `tiltts-test-${process.pid}-twice`
    const inner = [localHelper, 'wrap', `--socket=${socket}`, '--', 'sh', '-c', script]
    const one = wrapped(inner, { flags: [`--socket=${socket}`] })
    open.push(one)
    await shows(one, /started/)
    // The inner one has become the command.
    expect(childrenOf(one.child.pid)).toEqual(pids(one))
  })

  it('refuses a command line that it does not understand', async () => {
    for (const args of [
      ['--on-exit=never', '--', 'true'],
      ['--grace=soon', '--', 'true'],
    ]) {
      const one = wrapped([], { flags: args })
      open.push(one)
      expect(await one.ended).toBe(64)
      expect(one.text()).toContain('usage: helper wrap')
    }
    const empty = wrapped([])
    open.push(empty)
    expect(await empty.ended).toBe(64)
  })
})

describe.skipIf(noLocalHelper !== undefined)('on a terminal, wrap', () => {
  function terminal(
    script: string,
    flags: readonly string[],
  ): { readonly pty: IPty; text(): string; ended: Promise<number> } {
    const socket = `--socket=tiltts-test-${process.pid}-terminal`
    const pty = spawn(localHelper, ['wrap', socket, ...flags, '--', 'sh', '-c', script], { cwd: folder })
    let text = ''
    pty.onData((data) => {
      text += data
    })
    const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)))
    onTestFinished(() => pty.kill('SIGKILL'))
    return { pty, text: () => text, ended }
  }

  it('gives it to the command, which reads from it and gets Ctrl-C, and is continued after Ctrl-Z', async () => {
    const script = 'trap "echo got INT; exit 3" INT; read line; echo got $line; while :; do sleep 0.02; echo tick; done'
    const { pty, text, ended } = terminal(script, [])
    pty.write('hello\r')
    await until('it has read', () => text().includes('got hello'))
    pty.write('\x1a')
    const seen = text().length
    await until('it goes on', () => text().lastIndexOf('tick') > seen + 50)
    pty.write('\x03')
    expect(await ended).toBe(3)
    expect(text()).toContain('got INT')
  })

  it('takes it back from a process that has ended, so that Ctrl-C ends the wait', async () => {
    const { pty, text, ended } = terminal('read line; echo got $line; exit 1', ['--on-exit=stay'])
    pty.write('hello\r')
    await until('it waits', () => text().includes('ended with exit code 1'))
    pty.write('\x03')
    expect(await ended).toBe(130)
  })

  it('gives it to the command again after a restart', async () => {
    const { pty, text, ended } = terminal('echo ready; read line; echo got $line; exit 1', [])
    await until('it runs', () => text().includes('ready'))
    const { channel } = localAgent({ socket: `tiltts-test-${process.pid}-terminal` })
    await channel.restart()
    await channel.close()
    await until('it runs again', () => text().split('ready').length === 3)
    pty.write('again\r')
    expect(await ended).toBe(1)
    expect(text()).toContain('got again')
  })
})
