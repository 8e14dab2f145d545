import type { CmdSpec, CmdStatus, ProbeStatus } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { at, probedServe, second } from '../status/row.test.support.js'
import { exited, initialCmdStatus, probed, started, waiting } from './cmd-transitions.js'

const spec: CmdSpec = { args: ['serve'], dir: '/', env: [], role: 'server', runId: 'x-1', restart: 'on-failure' }
const start = (status: CmdStatus, seconds: number, runId = 'x-1'): CmdStatus =>
  started(spec, status, { runId, pid: 7, at: second(seconds) })
const fail = (status: CmdStatus, seconds: number, exitCode = 1): CmdStatus =>
  exited(spec, status, { runId: 'x-1', exitCode, at: second(seconds), stopped: false })
const kinds = ({ waiting, running, terminated }: CmdStatus): number =>
  [waiting, running, terminated].filter((kind) => kind !== undefined).length

test('LOC-13: without a probe a command is ready as soon as its process is there, with one it is not yet', () => {
  expect(start(initialCmdStatus, 1)).toMatchObject({ running: { pid: 7, startedAt: at(1) }, ready: true })
  const withProbe = { ...spec, probe: probedServe.probe }
  expect(started(withProbe, initialCmdStatus, { runId: 'x-1', pid: 7, at: second(1) }).ready).toBe(false)
})

test('a command that cannot be started has ended with exit code 1 and a reason', () => {
  const status = exited({ ...spec, restart: 'never' }, initialCmdStatus, {
    runId: 'x-1',
    exitCode: 1,
    reason: 'spawn ENOENT: no such command "foo"',
    at: second(1),
    stopped: false,
  })
  expect(status.terminated).toEqual({
    pid: 0,
    exitCode: 1,
    startedAt: at(1),
    finishedAt: at(1),
    reason: 'spawn ENOENT: no such command "foo"',
  })
  expect(status).toMatchObject({ ready: false, runId: 'x-1' })
})

describe('restarts', () => {
  test('come after 1, 2, 4 … at most 30 seconds, and start over after a run of 10 seconds', () => {
    let status = start(initialCmdStatus, 0)
    let now = 0
    const delays: number[] = []
    for (let n = 0; n < 7; n++) {
      status = fail(status, ++now)
      const due = status.nextRestartAt ?? ''
      delays.push(Date.parse(due) / 1000 - second(now) / 1000)
      now += delays.at(-1) ?? 0
      status = start(status, now)
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 30, 30])
    expect(status.restarts).toBe(7)
    expect(fail(status, now + 9).nextRestartAt).toBe(at(now + 9 + 30))
    expect(fail(status, now + 10).nextRestartAt).toBe(at(now + 10 + 1))
  })

  test('count anew with a new run', () => {
    const restarted = start(fail(start(initialCmdStatus, 0), 1), 2)
    expect(restarted.restarts).toBe(1)
    expect(start(restarted, 3, 'x-2').restarts).toBe(0)
  })

  test('are not planned after exit code 0, a stop, or a run that is no longer wanted', () => {
    expect(fail(start(initialCmdStatus, 0), 1, 0).nextRestartAt).toBeUndefined()
    const exit = { runId: 'x-1', exitCode: 143, at: second(1) }
    expect(exited(spec, start(initialCmdStatus, 0), { ...exit, stopped: true }).nextRestartAt).toBeUndefined()
    const replaced = { ...spec, runId: 'x-2' }
    expect(exited(replaced, start(initialCmdStatus, 0), { ...exit, stopped: false }).nextRestartAt).toBeUndefined()
  })
})

describe('late news', () => {
  test('the end of a run that was replaced long ago changes nothing', () => {
    const present = start(initialCmdStatus, 5, 'x-3')
    const late = exited({ ...spec, runId: 'x-3' }, present, { runId: 'x-1', exitCode: 1, at: second(6), stopped: true })
    expect(late).toBe(present)
  })

  test('a probe of a run that has ended changes nothing', () => {
    const probe: ProbeStatus = { lastResult: 'success', lastTime: at(2), failures: 0, lastOutput: '' }
    const running = start(initialCmdStatus, 1)
    expect(probed(running, { runId: 'x-1', ready: true, probe }).probe).toBe(probe)
    expect(probed(running, { runId: 'x-0', ready: true, probe })).toBe(running)
    const ended = fail(running, 2)
    expect(probed(ended, { runId: 'x-1', ready: true, probe })).toBe(ended)
  })
})

test('exactly one of waiting, running and terminated holds after each step', () => {
  const steps: CmdStatus[] = [initialCmdStatus]
  const step = (next: (status: CmdStatus) => CmdStatus) => steps.push(next(steps.at(-1) ?? initialCmdStatus))
  step((status) => waiting(status, 'x-1', 'waiting for the run before'))
  step((status) => start(status, 1))
  step((status) => fail(status, 2))
  step((status) => start(status, 3))
  step((status) => waiting(status, 'x-1', 'waiting'))
  expect(steps.map(kinds)).toEqual([1, 1, 1, 1, 1, 1])
  expect(steps.at(-1)?.restarts).toBe(1)
})
