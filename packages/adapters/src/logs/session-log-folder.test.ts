import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTimeOf } from '../processes/process-table.js'
import { openSessionLogFolder } from './session-log-folder.js'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tiltts-session-logs-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** A folder as a session left it. */
async function leftBehind(day: number, owner: unknown): Promise<string> {
  const name = `2026-01-${String(day).padStart(2, '0')}T10-00-00.000Z-4711-00c0ffee`
  await mkdir(join(root, name))
  await writeFile(join(root, name, 'session.json'), typeof owner === 'string' ? owner : JSON.stringify(owner))
  await writeFile(join(root, name, '000000000000.log'), 'text')
  return name
}

/** The number of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0'])
  await once(child, 'exit')
  return child.pid ?? 0
}

describe('the folder for the logs of a session', () => {
  it('LOG-03: stays for five sessions, and then the oldest goes', async () => {
    const pid = await endedPid()
    const names: string[] = []
    for (let day = 1; day <= 7; day++) names.push(await leftBehind(day, { pid, processStart: '1' }))
    const folder = await openSessionLogFolder(root)
    expect((await readdir(root)).sort()).toEqual([...names.slice(3), basename(folder)].sort())
  })

  it('is never taken from a session that still runs, however old it is', async () => {
    const live = await leftBehind(1, { pid: process.pid, processStart: startTimeOf(process.pid) })
    const dead = await leftBehind(2, { pid: await endedPid(), processStart: '1' })
    const folder = await openSessionLogFolder(root, { keep: 1 })
    expect((await readdir(root)).sort()).toEqual([live, basename(folder)].sort())
    expect(await readdir(root)).not.toContain(dead)
  })

  it.skipIf(process.platform === 'win32')('goes when another process has got the number of its session', async () => {
    await leftBehind(1, { pid: process.pid, processStart: 'an earlier time' })
    const folder = await openSessionLogFolder(root, { keep: 1 })
    expect(await readdir(root)).toEqual([basename(folder)])
  })

  it.each(['', '{"pid":1', 'null', '{"pid":"x"}'])('goes when it does not say whose it is (%j)', async (owner) => {
    await leftBehind(1, owner)
    const folder = await openSessionLogFolder(root, { keep: 1 })
    expect(await readdir(root)).toEqual([basename(folder)])
  })

  it('says whose it is from the moment that it has its name', async () => {
    const folder = await openSessionLogFolder(join(root, 'not', 'there'))
    const owner = JSON.parse(await readFile(join(folder, 'session.json'), 'utf8'))
    expect(owner).toEqual({ pid: process.pid, processStart: startTimeOf(process.pid) })
  })

  it('leaves alone what is no folder of a session', async () => {
    await writeFile(join(root, 'notes.txt'), 'mine')
    await mkdir(join(root, 'mine'))
    for (let n = 0; n < 3; n++) await leftBehind(n + 1, { pid: await endedPid(), processStart: '1' })
    await openSessionLogFolder(root, { keep: 1 })
    expect(await readdir(root)).toEqual(expect.arrayContaining(['notes.txt', 'mine']))
    expect(await readdir(root)).toHaveLength(3)
  })

  it('can be opened by many sessions at once', async () => {
    const pid = await endedPid()
    for (let day = 1; day <= 9; day++) await leftBehind(day, { pid, processStart: '1' })
    const folders = await Promise.all(Array.from({ length: 4 }, () => openSessionLogFolder(root, { keep: 3 })))
    const left = await readdir(root)
    expect(new Set(folders).size).toBe(4)
    for (const folder of folders) expect(left).toContain(basename(folder))
  })
})
