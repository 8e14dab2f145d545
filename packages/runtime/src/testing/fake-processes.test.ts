import { describe, expect, it } from 'vitest'
import { processesContract } from '../ports/processes.contract.js'
import { manualClock } from './fake-clock.js'
import { type FakeProgram, fakeProcesses } from './fake-processes.js'

const ready: FakeProgram = (self) => {
  self.stdout(`ready ${self.pid}\n`)
  return self.forever()
}
const slowBye: FakeProgram = (self) => {
  self.onSignal('SIGTERM', async () => {
    await self.clock.sleep(50, self.ended)
    self.stdout('bye\n')
    self.exit(0)
  })
  return ready(self)
}
const programs: Readonly<Record<string, FakeProgram>> = {
  prints: (self) => {
    self.stdout('out\n')
    self.stderr('err\n')
    return 3
  },
  shows: (self) => self.stdout(`${self.env['COLOUR']}\n${self.env['TILTTS_SESSION']}\n${self.dir}\n`),
  waits: ready,
  stubborn: (self) => {
    self.onSignal('SIGTERM', () => {})
    return ready(self)
  },
  polite: (self) => {
    self.onSignal('SIGTERM', () => {
      self.stdout('bye\n')
      self.exit(0)
    })
    return ready(self)
  },
  leaves: (self) => self.stdout(`child ${self.fork((child) => child.forever())}\n`),
  shepherd: (self) => {
    self.stdout(`child ${self.fork(slowBye)}\n`)
    return self.forever()
  },
}

processesContract('the fake machine', async () => {
  const clock = manualClock()
  const processes = fakeProcesses({ clock, programs, sessionId: 's1', dirExists: (dir) => dir === '/app' })
  const argv = (name: string): readonly string[] => [name]
  return {
    processes,
    sessionId: 's1',
    dir: '/app',
    programs: {
      prints: argv('prints'),
      cat: argv('cat'),
      shows: argv('shows'),
      waits: argv('waits'),
      stubborn: argv('stubborn'),
      polite: argv('polite'),
      leaves: argv('leaves'),
      shepherd: argv('shepherd'),
    },
    alive: (pid) => processes.running().some((row) => row.pid === pid),
    kill: processes.kill,
    leaveBehind: async () => processes.leaveBehind(['forgotten']),
    elapse: clock.advance,
    now: clock.now,
  }
})

describe('the fake machine', () => {
  const machine = () => {
    const clock = manualClock({ now: 0 })
    const processes = fakeProcesses({ clock, programs })
    const output: string[] = []
    const run = (...argv: string[]) =>
      processes.spawn({ argv, dir: '/', env: {}, onOutput: (text) => void output.push(text) })
    return { clock, processes, output, run }
  }

  it('finds a program by the whole command line before its first word, also through a shell', async () => {
    const { clock, processes, output, run } = machine()
    processes.program('npm', (self) => self.stdout(`npm with ${self.argv.slice(1).join('+')}\n`))
    processes.program('npm run build', (self) => self.stdout('the build\n'))
    run('npm', 'test')
    run('npm', 'run', 'build')
    run('sh', '-c', 'npm run build')
    run('/bin/bash', '-c', 'npm ci')
    await clock.advance(0)
    expect(output).toEqual(['npm with test\n', 'the build\n', 'the build\n', 'npm with ci\n'])
  })

  it('lets a shell answer for a command that does not exist', async () => {
    const { clock, output, run } = machine()
    const running = run('sh', '-c', 'nonsense --now')
    await clock.advance(0)
    expect(await running.exited).toEqual({ exitCode: 127 })
    expect(output).toEqual(['sh: 1: nonsense: not found\n'])
  })

  it('sleeps by the clock, and keeps a table of what ran and when', async () => {
    const { clock, processes, run } = machine()
    const running = run('sleep', '2')
    await clock.advance(1999)
    expect(processes.running()).toMatchObject([{ pid: running.pid, argv: ['sleep', '2'], startedAt: 0 }])
    await clock.advance(1)
    expect(await running.exited).toEqual({ exitCode: 0 })
    expect(processes.running()).toEqual([])
    expect(processes.table()).toMatchObject([{ running: false, endedAt: 2000, exitCode: 0 }])
  })

  it('takes a throw in a program as a crash', async () => {
    const { clock, processes, output, run } = machine()
    processes.program('crash', () => {
      throw new Error('out of cheese')
    })
    const running = run('crash')
    await clock.advance(0)
    expect(await running.exited).toEqual({ exitCode: 1 })
    expect(output).toEqual(['out of cheese\n'])
  })

  it('ignores what the program of a dead process still does', async () => {
    const { clock, processes, output, run } = machine()
    processes.program('late', async (self) => {
      await self.clock.sleep(100)
      self.stdout('too late\n')
      return 5
    })
    const running = run('late')
    await clock.advance(10)
    processes.kill(running.pid ?? 0, 'SIGKILL')
    await clock.advance(1000)
    expect(await running.exited).toEqual({ exitCode: 137, signal: 'SIGKILL', reason: 'ended by SIGKILL' })
    expect(output).toEqual([])
  })

  it('keeps a child in a group of its own when the group of its parent ends', async () => {
    const { clock, processes, run } = machine()
    processes.program('daemonise', (self) => void self.fork((child) => child.forever(), { ownGroup: true }))
    const running = run('daemonise')
    await clock.advance(0)
    expect(await running.exited).toEqual({ exitCode: 0 })
    expect(processes.running()).toMatchObject([{ ppid: running.pid }])
  })

  it('LOC-04: gives 10 seconds of grace at the end of the session when none are named', async () => {
    const { clock, processes, run } = machine()
    const running = run('stubborn')
    await clock.advance(0)
    void processes.close()
    await clock.advance(9_999)
    expect(processes.running()).toHaveLength(1)
    await clock.advance(1)
    expect((await running.exited).signal).toBe('SIGKILL')
  })
})
