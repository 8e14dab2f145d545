import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { isRunning, statOf } from './process-table.js'
import { REAPER_SCRIPT } from './reaper-script.js'
import { signal } from './signals.js'

/** Tests only: a system that the reaper has to get along with. */
export interface ReaperMachine {
  readonly name: string
  readonly shell: readonly string[]
  readonly mode: 'proc' | 'ps'
  /** PATH. @default this process's */
  readonly path?: string
  readonly install?: () => void
  /** Why it cannot be tried here; empty when it can. */
  readonly missing?: string
}

/** What the reaper does, on any machine. */
export function reaperSuite(machine: ReaperMachine): void {
  const missing = process.platform === 'linux' ? (machine.missing ?? '') : 'needs Linux'
  describe.skipIf(missing !== '')(`the reaper with ${machine.name}${missing && ` (${missing})`}`, () => {
    beforeAll(() => machine.install?.())
    const started: number[] = []
    afterEach(() => {
      for (const pid of started.splice(0)) signal(-pid, 'SIGKILL')
    })

    /** On a busy machine its search takes a while; how long it may take is another test's. */
    const gone = (...pids: number[]): Promise<void> =>
      vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 15_000, interval: 10 })

    /** A process in a group of its own, without the session in its environment unless it is given. */
    function launch(
      script: string,
      env: Record<string, string> = {},
    ): { readonly pid: number; readonly since: string } {
      const child = spawn('sh', ['-c', script], {
        detached: true,
        stdio: 'ignore',
        env: { PATH: process.env['PATH'] ?? '', ...env },
      })
      const pid = child.pid ?? 0
      started.push(pid)
      return { pid, since: statOf(pid)?.startTime ?? '' }
    }

    const reaper = (): { readonly id: string; readonly child: ChildProcess; readonly say: (line: string) => void } => {
      const id = randomUUID()
      const [command = '', ...args] = machine.shell
      const child = spawn(command, [...args, '-c', REAPER_SCRIPT, 'tiltts-reaper', id, machine.mode, '3'], {
        detached: true,
        stdio: ['pipe', 'inherit', 'inherit'],
        env: { PATH: machine.path ?? process.env['PATH'] ?? '' },
      })
      started.push(child.pid ?? 0)
      return { id, child, say: (line) => void child.stdin?.write(`${line}\n`) }
    }
    const since = (one: { readonly since: string }): string =>
      machine.mode === 'proc' ? one.since : String(Math.floor(Date.now() / 1000))

    it('ends the groups that are left when its input ends, and then itself', async () => {
      const { child, say } = reaper()
      const [kept, ended, other] = [launch('sleep 100; :'), launch('sleep 100'), launch('sleep 100; :')]
      for (const one of [kept, ended, other]) say(`start ${one.pid} ${since(one)}`)
      say(`end ${ended.pid}`)
      const exitCode = new Promise((resolve) => child.once('exit', resolve))
      child.stdin?.end()
      expect(await exitCode).toBe(0)
      await gone(kept.pid, other.pid)
      expect(isRunning(ended.pid)).toBe(true)
    })

    it('ends by force what ignores SIGTERM', async () => {
      const { child, say } = reaper()
      const stubborn = launch(`trap '' TERM; sleep 100; :`)
      await wait(50)
      say(`start ${stubborn.pid} ${since(stubborn)}`)
      const before = Date.now()
      child.stdin?.end()
      await gone(stubborn.pid)
      expect(Date.now() - before).toBeGreaterThan(250)
    })

    it('finds by their environment those that left their group, whatever else that holds', async () => {
      const { id, child } = reaper()
      const env = { AAA: 'x', TILTTS_SESSION: id, ZZZ: 'y' }
      const [left, stranger] = [launch('sleep 100; :', env), launch('sleep 100', { TILTTS_SESSION: `${id}0` })]
      await wait(50)
      child.stdin?.end()
      await gone(left.pid)
      expect(isRunning(stranger.pid)).toBe(true)
    })

    it('leaves a process alone that got the id of one that has ended', async () => {
      const { child, say } = reaper()
      const stranger = launch('sleep 100')
      say(`start ${stranger.pid} ${Number(since(stranger)) - 100}`)
      child.stdin?.end()
      await gone(child.pid ?? 0)
      expect(isRunning(stranger.pid)).toBe(true)
    })

    it('does nothing when all is done', async () => {
      const { child, say } = reaper()
      const one = launch('sleep 100')
      say(`start ${one.pid} ${since(one)}`)
      child.stdin?.end('done\n')
      await gone(child.pid ?? 0)
      expect(isRunning(one.pid)).toBe(true)
    })

    it('lives on through the signals of a terminal', async () => {
      const { child, say } = reaper()
      const one = launch('sleep 100')
      say(`start ${one.pid} ${since(one)}`)
      await wait(50)
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.kill(child.pid ?? 0, signal)
      await wait(50)
      expect(isRunning(child.pid ?? 0)).toBe(true)
      child.stdin?.end()
      await gone(one.pid)
    })
  })
}
