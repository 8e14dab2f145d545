import { afterEach, describe, expect, it } from 'vitest'
import type { Processes, RunningProcess, SpawnRequest } from './processes.js'

export interface ProcessesHarness {
  readonly processes: Processes
  readonly sessionId: string
  /** A folder that exists. */
  readonly dir: string
  readonly programs: ContractPrograms
  /** Whether it runs; a zombie does not. */
  readonly alive: (pid: number) => boolean
  readonly kill: (pid: number, signal: 'SIGKILL' | 'SIGTERM') => void
  /** Leaves a running process behind, as an earlier session of this project that was killed. Returns its pid. */
  readonly leaveBehind: () => Promise<number>
  /** Lets so much time pass, and what it sets off happen. */
  readonly elapse: (ms: number) => Promise<void>
  readonly now: () => number
}

/** argv of programs with a known behaviour. All but the first three print `ready`, with their pid, when they are. */
export interface ContractPrograms {
  /** Prints `out` to stdout and `err` to stderr, a line each, and exits with 3. */
  readonly prints: readonly string[]
  /** Prints its stdin. */
  readonly cat: readonly string[]
  /** Prints the variables COLOUR and TILTTS_SESSION and its folder, a line each. */
  readonly shows: readonly string[]
  /** Runs until a signal ends it. */
  readonly waits: readonly string[]
  /** Ignores SIGTERM. */
  readonly stubborn: readonly string[]
  /** On SIGTERM prints `bye` and exits with 0. */
  readonly polite: readonly string[]
  /** Starts a child, prints `child <pid>`, and exits with 0 at once; the child would run for ever. */
  readonly leaves: readonly string[]
  /** Starts a child that prints `bye` 50 ms after SIGTERM and exits; prints `child <pid>`; ends at once on SIGTERM itself. */
  readonly shepherd: readonly string[]
}

interface Running extends RunningProcess {
  readonly output: () => string
  readonly streams: () => Readonly<Record<'stdout' | 'stderr', string>>
}

/** What every machine that runs processes does. */
export function processesContract(name: string, make: () => Promise<ProcessesHarness>): void {
  const open: ProcessesHarness[] = []

  const start = async (): Promise<
    ProcessesHarness & { run: (argv: readonly string[], request?: Partial<SpawnRequest>) => Running }
  > => {
    const harness = await make()
    open.push(harness)
    const run = (argv: readonly string[], request: Partial<SpawnRequest> = {}): Running => {
      const pieces = { all: '', stdout: '', stderr: '' }
      const env = { PATH: process.env['PATH'] ?? '' }
      const onOutput = (text: string, stream: 'stdout' | 'stderr'): void => {
        pieces.all += text
        pieces[stream] += text
      }
      const running = harness.processes.spawn({ argv, dir: harness.dir, env, onOutput, ...request })
      const { exited, stop } = running
      return {
        // Some launchers know it only later.
        get pid() {
          return running.pid
        },
        exited,
        stop,
        output: () => pieces.all,
        streams: () => pieces,
      }
    }
    return { ...harness, run }
  }

  const until = async (harness: ProcessesHarness, what: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 1000 && !what(); turn++) await harness.elapse(5)
    expect(what()).toBe(true)
  }
  const ready = (harness: ProcessesHarness, running: Running): Promise<void> =>
    until(harness, () => running.output().includes('ready'))
  const childOf = (running: Running): number => Number(/child (\d+)/.exec(running.output())?.[1])

  /** Lets time pass until it is there. */
  const over = async <T>(harness: ProcessesHarness, promise: Promise<T>): Promise<T> => {
    let done = false
    void promise.then(() => {
      done = true
    })
    await until(harness, () => done)
    return promise
  }

  describe(`${name} as processes`, () => {
    afterEach(async () => {
      for (const harness of open.splice(0)) await over(harness, harness.processes.close(0))
    })

    it('LOC-01: hands over all that a command wrote to stdout and stderr, and its exit code', async () => {
      const h = await start()
      const running = h.run(h.programs.prints)
      expect(await over(h, running.exited)).toEqual({ exitCode: 3 })
      expect(running.streams()).toMatchObject({ stdout: 'out\n', stderr: 'err\n' })
    })

    it('LOC-01: runs in the folder and environment given, with the session in TILTTS_SESSION', async () => {
      const h = await start()
      const running = h.run(h.programs.shows, { env: { PATH: process.env['PATH'] ?? '', COLOUR: 'blue' } })
      await over(h, running.exited)
      expect(running.output()).toBe(`blue\n${h.sessionId}\n${h.dir}\n`)
    })

    it('feeds stdin, which is empty when none is given', async () => {
      const h = await start()
      const fed = h.run(h.programs.cat, { stdin: 'some\ntext' })
      const empty = h.run(h.programs.cat)
      await over(h, Promise.all([fed.exited, empty.exited]))
      expect(fed.output()).toBe('some\ntext')
      expect(empty.output()).toBe('')
    })

    it('runs without anybody listening to its output', async () => {
      const h = await start()
      const running = h.run(h.programs.prints, { onOutput: undefined })
      expect(await over(h, running.exited)).toEqual({ exitCode: 3 })
    })

    it('LOC-08: a command that does not exist exits with code 1 and a reason that names it', async () => {
      const h = await start()
      const running = h.run(['no-such-command-here', '--flag'])
      expect(running.pid).toBeUndefined()
      expect(await over(h, running.exited)).toEqual({
        exitCode: 1,
        reason: 'spawn ENOENT: no such command "no-such-command-here"',
      })
      await running.stop(0)
    })

    it('LOC-08: a folder that does not exist is exit code 1 and a reason that names it', async () => {
      const h = await start()
      const running = h.run(h.programs.prints, { dir: '/no/such/folder' })
      expect(running.pid).toBeUndefined()
      expect(await over(h, running.exited)).toEqual({
        exitCode: 1,
        reason: 'spawn ENOENT: no such folder "/no/such/folder"',
      })
    })

    it('gives 128 plus the number of a signal that ended it from outside', async () => {
      const h = await start()
      const running = h.run(h.programs.waits)
      await ready(h, running)
      h.kill(running.pid ?? 0, 'SIGTERM')
      expect(await over(h, running.exited)).toEqual({ exitCode: 143, signal: 'SIGTERM', reason: 'ended by SIGTERM' })
    })

    it('LOC-11: a stopped process has exit code 137 and was killed', async () => {
      const h = await start()
      const running = h.run(h.programs.waits)
      await ready(h, running)
      await over(h, running.stop(5000))
      expect(await running.exited).toEqual({ exitCode: 137, signal: 'SIGTERM', reason: 'killed' })
      expect(h.alive(running.pid ?? 0)).toBe(false)
    })

    it('LOC-04: stop sends SIGTERM first, and hands over what is written on the way out', async () => {
      const h = await start()
      const running = h.run(h.programs.polite)
      await ready(h, running)
      await over(h, running.stop(5000))
      expect((await running.exited).exitCode).toBe(137)
      expect(running.output()).toContain('bye\n')
    })

    it('LOC-04: stop sends SIGKILL after the grace time', async () => {
      const h = await start()
      const running = h.run(h.programs.stubborn)
      await ready(h, running)
      const before = h.now()
      const stopped = running.stop(500)
      await h.elapse(100)
      expect(h.alive(running.pid ?? 0)).toBe(true)
      await over(h, stopped)
      expect(h.now() - before).toBeGreaterThanOrEqual(499)
      expect(h.alive(running.pid ?? 0)).toBe(false)
      expect(await running.exited).toEqual({ exitCode: 137, signal: 'SIGKILL', reason: 'killed' })
    })

    it('of two stops the shorter grace time wins', async () => {
      const h = await start()
      const [shortened, kept] = [h.run(h.programs.stubborn), h.run(h.programs.stubborn)]
      await ready(h, shortened)
      await ready(h, kept)
      const before = h.now()
      const stops = [shortened.stop(60_000), shortened.stop(50), kept.stop(50), kept.stop(60_000)]
      await over(h, Promise.all(stops))
      expect(h.now() - before).toBeLessThan(5000)
      expect(h.alive(shortened.pid ?? 0) || h.alive(kept.pid ?? 0)).toBe(false)
    })

    it('stopping one that has ended changes nothing', async () => {
      const h = await start()
      const running = h.run(h.programs.prints)
      await over(h, running.exited)
      await over(h, running.stop(60_000))
      expect(await running.exited).toEqual({ exitCode: 3 })
    })

    it('LOC-03: when the main process exits, the rest of its group is ended at once', async () => {
      const h = await start()
      const before = h.now()
      const running = h.run(h.programs.leaves)
      expect(await over(h, running.exited)).toEqual({ exitCode: 0 })
      expect(childOf(running)).toBeGreaterThan(0)
      expect(h.alive(childOf(running))).toBe(false)
      // Also where nothing collects the zombies of orphans.
      expect(h.now() - before).toBeLessThan(3000)
    })

    it('LOC-04: stop gives the rest of the group its grace time, and resolves when all of it is gone', async () => {
      const h = await start()
      const running = h.run(h.programs.shepherd)
      await ready(h, running)
      await until(h, () => childOf(running) > 0)
      await over(h, running.stop(5000))
      expect(h.alive(running.pid ?? 0)).toBe(false)
      expect(h.alive(childOf(running))).toBe(false)
      expect(running.output()).toContain('bye\n')
    })

    it('stops one without touching another', async () => {
      const h = await start()
      const [one, other] = [h.run(h.programs.waits), h.run(h.programs.waits)]
      await ready(h, one)
      await ready(h, other)
      await over(h, one.stop(5000))
      expect(h.alive(other.pid ?? 0)).toBe(true)
    })

    it('EXIT-02: close ends all in parallel, each within its own grace time', async () => {
      const h = await start()
      const long = h.run(h.programs.polite, { graceMs: 60_000 })
      const short = Array.from({ length: 6 }, () => h.run(h.programs.stubborn, { graceMs: 300 }))
      for (const running of [long, ...short]) await ready(h, running)
      const before = h.now()
      await over(h, h.processes.close())
      const took = h.now() - before
      expect(took).toBeGreaterThanOrEqual(299)
      expect(took).toBeLessThan(1700)
      for (const running of [long, ...short]) expect(h.alive(running.pid ?? 0)).toBe(false)
      expect(long.output()).toContain('bye\n')
    })

    it('EXIT-02: closing again with a shorter grace time cuts the first short', async () => {
      const h = await start()
      const running = h.run(h.programs.stubborn, { graceMs: 60_000 })
      await ready(h, running)
      const first = h.processes.close()
      await over(h, h.processes.close(0))
      await over(h, first)
      expect(h.alive(running.pid ?? 0)).toBe(false)
    })

    it('starts nothing after close', async () => {
      const h = await start()
      await over(h, h.processes.close())
      const running = h.run(h.programs.waits)
      expect(running.pid).toBeUndefined()
      expect(await over(h, running.exited)).toEqual({ exitCode: 1, reason: 'not started: the session has ended' })
    })

    it('reaps what an earlier session left behind, once', async () => {
      const h = await start()
      const own = h.run(h.programs.waits)
      await ready(h, own)
      const left = await h.leaveBehind()
      expect(h.alive(left)).toBe(true)
      expect(await over(h, h.processes.reap())).toBe(1)
      expect(h.alive(left)).toBe(false)
      expect(h.alive(own.pid ?? 0)).toBe(true)
      expect(await over(h, h.processes.reap())).toBe(0)
    })
  })
}
