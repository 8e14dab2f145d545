import type { CmdSpec, CmdStatus } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { at, second } from '../status/row.test.support.js'
import { exited, initialCmdStatus, started } from './cmd-transitions.js'
import { type HeldRun, planCmd } from './plan-cmd.js'

const server: CmdSpec = { args: ['serve'], dir: '/', env: [], role: 'server' }
const wanting = (runId: string | undefined, more: Partial<CmdSpec> = {}): CmdSpec => ({ ...server, runId, ...more })
const held = (runId: string, stopping = false): HeldRun => ({ runId, stopping })
const running = (runId: string): CmdStatus => started(server, initialCmdStatus, { runId, pid: 1, at: second(0) })

const plan = (
  spec: CmdSpec,
  status: CmdStatus,
  more: { readonly held?: HeldRun; readonly disabled?: boolean; readonly now?: number } = {},
) => planCmd({ spec, status, held: more.held, disabled: more.disabled ?? false, now: more.now ?? second(100) })

describe('runs', () => {
  test('nothing starts until a run is asked for', () => {
    expect(plan(wanting(undefined), initialCmdStatus)).toEqual({ do: 'nothing' })
  })

  test('a run that is asked for starts once', () => {
    expect(plan(wanting('x-1'), initialCmdStatus)).toEqual({ do: 'start', runId: 'x-1', restart: false })
    expect(plan(wanting('x-1'), running('x-1'), { held: held('x-1') })).toEqual({ do: 'nothing' })
  })

  test('LOC-05: the old server stays while no new run is asked for; then it is stopped fully before the new one starts', () => {
    expect(plan(wanting('x-1'), running('x-1'), { held: held('x-1') })).toEqual({ do: 'nothing' })
    expect(plan(wanting('x-2'), running('x-1'), { held: held('x-1') })).toEqual({ do: 'stop-then-start', runId: 'x-2' })
    expect(plan(wanting('x-2'), running('x-1'), { held: held('x-1', true) })).toEqual({ do: 'nothing' })
    const gone = exited(wanting('x-2'), running('x-1'), { runId: 'x-1', exitCode: 137, at: second(1), stopped: true })
    expect(plan(wanting('x-2'), gone)).toEqual({ do: 'start', runId: 'x-2', restart: false })
  })

  test('a new run is the only way to restart: another spec with the same run changes nothing', () => {
    const changed = wanting('x-1', { args: ['other'], env: ['A=1'] })
    expect(plan(changed, running('x-1'), { held: held('x-1') })).toEqual({ do: 'nothing' })
  })

  test('each new run replaces the server before it, one that has ended too', () => {
    const ended = exited(wanting('x-1'), running('x-1'), { runId: 'x-1', exitCode: 0, at: second(1), stopped: false })
    expect(plan(wanting('x-2'), ended)).toEqual({ do: 'start', runId: 'x-2', restart: false })
  })
})

describe('stops', () => {
  test('what is disabled, asked to stop or no longer wanted is stopped, and stays so', () => {
    const hold = held('x-1')
    const status = running('x-1')
    expect(plan(wanting('x-1'), status, { held: hold, disabled: true })).toEqual({ do: 'stop', why: 'disabled' })
    expect(plan(wanting('x-1', { stopRunId: 'x-1' }), status, { held: hold })).toEqual({ do: 'stop', why: 'asked' })
    expect(plan(wanting(undefined), status, { held: hold })).toEqual({ do: 'stop', why: 'not wanted' })

    const spec = wanting('x-1', { stopRunId: 'x-1', restart: 'on-failure' })
    const killed = exited(spec, status, { runId: 'x-1', exitCode: 137, at: second(1), stopped: true })
    expect(killed.terminated).toMatchObject({ exitCode: 137, reason: 'killed' })
    expect(plan(spec, killed)).toEqual({ do: 'nothing' })
    expect(plan(wanting('x-1'), killed, { disabled: true })).toEqual({ do: 'nothing' })
  })

  test('a stop of an earlier run does not touch the present one', () => {
    const spec = wanting('x-2', { stopRunId: 'x-1' })
    expect(plan(spec, running('x-2'), { held: held('x-2') })).toEqual({ do: 'nothing' })
  })

  test('a run that is being stopped is waited for', () => {
    expect(plan(wanting('x-1'), running('x-1'), { held: held('x-1', true), disabled: true })).toEqual({ do: 'nothing' })
  })
})

describe('servers that end by themselves', () => {
  const exit = (spec: CmdSpec, exitCode: number): CmdStatus =>
    exited(spec, running('x-1'), { runId: 'x-1', exitCode, at: second(2), stopped: false })

  test('LOC-07: are not started again by default, whatever the exit code', () => {
    for (const code of [0, 1]) expect(plan(wanting('x-1'), exit(wanting('x-1'), code))).toEqual({ do: 'nothing' })
  })

  test("with restart 'on-failure' come back after a delay, except after exit code 0", () => {
    const spec = wanting('x-1', { restart: 'on-failure' })
    const failed = exit(spec, 1)
    expect(failed.nextRestartAt).toBe(at(3))
    expect(plan(spec, failed, { now: second(2.5) })).toEqual({ do: 'restart-at', at: second(3) })
    expect(plan(spec, failed, { now: second(3) })).toEqual({ do: 'start', runId: 'x-1', restart: true })
    expect(plan(spec, exit(spec, 0))).toEqual({ do: 'nothing' })
  })

  test('do not come back once the config takes the restart away', () => {
    expect(plan(wanting('x-1'), exit(wanting('x-1', { restart: 'on-failure' }), 1))).toEqual({ do: 'nothing' })
  })

  test('a command that is meant to end never runs twice', () => {
    const job = wanting('x-1', { role: 'job', restart: 'on-failure' })
    expect(plan(job, exit(job, 1))).toEqual({ do: 'nothing' })
  })
})
