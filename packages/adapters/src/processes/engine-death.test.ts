import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createProcesses } from './create-processes.js'
import { leaveBehind, said, startEngine } from './engine.test.support.js'
import { isRunning } from './process-table.js'

const root = mkdtempSync(join(tmpdir(), 'tiltts-death-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const newState = (): string => join(root, randomUUID())

const gone = (pids: readonly number[]): Promise<void> =>
  vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 8000, interval: 10 })

describe('when the engine dies', () => {
  it('ends all groups even without a reaper when it exits without having closed', async () => {
    const script = `
      const { pid } = processes.spawn({ argv: ['sh', '-c', 'sleep 1000; :'], dir: '/', env })
      say(pid)
      setTimeout(() => process.exit(0), 50)
    `
    const engine = startEngine(
      JSON.stringify({ sessionId: randomUUID(), stateFolder: newState(), reaper: false }),
      script,
    )
    const pid = Number(await said(engine, (text) => text.endsWith('\n')))
    await new Promise((resolve) => engine.once('exit', resolve))
    await gone([pid])
  })

  it.skipIf(process.platform !== 'linux')('has its reaper replaced when somebody ends that', async () => {
    const sessionId = randomUUID()
    const script = `say(processes.spawn({ argv: ['sleep', '1000'], dir: '/', env }).pid)`
    const engine = startEngine(JSON.stringify({ sessionId, stateFolder: newState() }), script)
    const pid = Number(await said(engine, (text) => text.endsWith('\n')))
    const [first] = await vi.waitFor(() => expectOne(reapersOf(sessionId)))
    process.kill(first, 'SIGKILL')
    await vi.waitFor(() => expect(expectOne(reapersOf(sessionId))).not.toEqual([first]))
    engine.kill('SIGKILL')
    await gone([pid])
    await vi.waitFor(() => expect(reapersOf(sessionId)).toEqual([]))
  })
})

describe('reaping at the next start', () => {
  it('ends what dead engines left, and lets alone what a living one runs', async () => {
    const stateFolder = newState()
    const left = await leaveBehind(stateFolder)
    const script = `say(processes.spawn({ argv: ['sleep', '1000'], dir: '/', env }).pid)`
    const living = startEngine(JSON.stringify({ sessionId: randomUUID(), stateFolder }), script)
    const kept = Number(await said(living, (text) => text.endsWith('\n')))
    const processes = createProcesses({ sessionId: randomUUID(), stateFolder })
    expect(await processes.reap()).toBe(1)
    expect([left, kept].map(isRunning)).toEqual([false, true])
    living.kill('SIGKILL')
    await gone([kept])
  })

  it.skipIf(process.platform !== 'linux')('knows a dead engine whose id somebody else has now', async () => {
    const stateFolder = newState()
    const sessionId = randomUUID()
    const left = await leaveBehind(stateFolder, sessionId)
    const file = join(stateFolder, 'sessions', `${sessionId}.json`)
    const record = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...record, pid: process.pid }))
    expect(await createProcesses({ sessionId: randomUUID(), stateFolder }).reap()).toBe(1)
    expect(isRunning(left)).toBe(false)
  })

  it('judges no engine of another machine, and is not put off by what is no record', async () => {
    const stateFolder = newState()
    const sessionId = randomUUID()
    const left = await leaveBehind(stateFolder, sessionId)
    const sessions = join(stateFolder, 'sessions')
    const file = join(sessions, `${sessionId}.json`)
    const record = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...record, machine: 'elsewhere' }))
    writeFileSync(join(sessions, 'half.json'), '{"sessionId": "x"')
    writeFileSync(join(sessions, 'other.json'), '[]')
    expect(await createProcesses({ sessionId: randomUUID(), stateFolder }).reap()).toBe(0)
    expect(isRunning(left)).toBe(true)
    process.kill(left, 'SIGKILL')
  })

  it('has nothing to do in a project without sessions', async () => {
    expect(await createProcesses({ sessionId: randomUUID(), stateFolder: newState() }).reap()).toBe(0)
  })

  it('leaves no record of a session that ended in good order', async () => {
    const stateFolder = newState()
    const processes = createProcesses({ sessionId: randomUUID(), stateFolder })
    const running = processes.spawn({ argv: ['sleep', '1000'], dir: '/', env: { PATH: process.env['PATH'] ?? '' } })
    expect(readdirSync(join(stateFolder, 'sessions'))).toHaveLength(1)
    await processes.close()
    expect(isRunning(running.pid ?? 0)).toBe(false)
    expect(readdirSync(join(stateFolder, 'sessions'))).toEqual([])
  })
})

function expectOne(pids: readonly number[]): readonly [number] {
  const [pid, ...more] = pids
  if (pid === undefined || more.length > 0) throw new Error(`expected one, found ${pids.length}`)
  return [pid]
}

function reapersOf(sessionId: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .filter((pid) => commandLine(pid).includes(`tiltts-reaper\0${sessionId}`) && isRunning(pid))
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
