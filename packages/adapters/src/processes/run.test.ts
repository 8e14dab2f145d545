import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { SpawnRequest } from '@tiltts/runtime/ports'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createProcesses } from './create-processes.js'
import { isRunning } from './process-table.js'

const dir = mkdtempSync(join(tmpdir(), 'tiltts-run-'))
const processes = createProcesses({ sessionId: randomUUID(), stateFolder: dir })
const PATH = process.env['PATH'] ?? ''
afterAll(async () => {
  await processes.close(0)
  rmSync(dir, { recursive: true, force: true })
})

/** Shell that waits until a file is there. */
const until = (file: string): string => `until [ -e ${file} ]; do sleep 0.01; done`
const start = (argv: readonly string[], request: Partial<SpawnRequest> = {}) => {
  const pieces: string[] = []
  const onOutput = (text: string): void => void pieces.push(text)
  const running = processes.spawn({ argv, dir, env: { PATH }, onOutput, ...request })
  return { ...running, output: () => pieces.join('') }
}
const sh = (script: string, request?: Partial<SpawnRequest>) => start(['sh', '-c', script], request)
const node = (script: string) => start([process.execPath, '-e', script])

describe('output', () => {
  it('is handed over whole before the exit, also when a lot is written at the last moment', async () => {
    const running = node(`process.stdout.write('x'.repeat(5_000_000) + 'end')`)
    await running.exited
    expect(running.output()).toHaveLength(5_000_003)
    expect(running.output().endsWith('end')).toBe(true)
  })

  it('is handed over whole before the exit, also when the engine was busy while the process wrote and ended', async () => {
    const running = sh('head -c 60000 /dev/zero; echo end')
    const until = Date.now() + 200
    while (Date.now() < until);
    await running.exited
    expect(running.output()).toHaveLength(60_004)
  })

  it('keeps characters whole whose bytes come in pieces, and survives what is no text', async () => {
    const split = sh(`printf '\\303'; sleep 0.05; printf '\\251 \\342\\202'; sleep 0.05; printf '\\254'`)
    const binary = sh(`printf 'a\\377\\000b\\303'`)
    await Promise.all([split.exited, binary.exited])
    expect(split.output()).toBe('é €')
    expect(binary.output()).toBe('a\ufffd\0b\ufffd')
  })

  it('comes as it is written, not at the end', async () => {
    const running = sh('echo now; exec sleep 1000')
    await vi.waitFor(() => expect(running.output()).toBe('now\n'))
    await running.stop(0)
  })

  it('of one that left the group does not hold up the exit, and comes no more', async () => {
    const running = sh(
      `setsid sh -c 'echo escaped $$; : >late; sleep 1; echo late; exec sleep 1000' & ${until('late')}; echo done`,
    )
    const before = Date.now()
    expect(await running.exited).toEqual({ exitCode: 0 })
    expect(Date.now() - before).toBeLessThan(1500)
    const pid = Number(/escaped (\d+)/.exec(running.output())?.[1])
    expect(running.output()).toContain('done\n')
    await wait(1200)
    expect(running.output()).not.toContain('late')
    // It did not die of writing to a closed pipe.
    expect(isRunning(pid)).toBe(true)
    process.kill(pid, 'SIGKILL')
  })
})

describe('stdin', () => {
  it('may be large, and need not be read', async () => {
    const stdin = 'line\n'.repeat(200_000)
    const [read, unread] = [sh('wc -c', { stdin }), sh('exit 4', { stdin })]
    expect([await read.exited, await unread.exited]).toEqual([{ exitCode: 0 }, { exitCode: 4 }])
    expect(Number(read.output())).toBe(1_000_000)
  })
})

describe('LOC-08: a process that cannot start', () => {
  const file = (name: string, text: string, mode: number): string => {
    writeFileSync(join(dir, name), text)
    chmodSync(join(dir, name), mode)
    return `./${name}`
  }
  const cases: readonly [string, () => ReturnType<typeof start>, string][] = [
    ['without a command', () => start([]), 'no command was given'],
    [
      'whose file is not executable',
      () => start([file('plain.sh', 'echo', 0o644)]),
      `spawn EACCES: not allowed to run "./plain.sh" in "${dir}"; is it executable?`,
    ],
    [
      'whose interpreter is missing',
      () => start([file('odd.sh', '#!/no/such/interpreter\n', 0o755)]),
      'spawn ENOENT: the interpreter named in the first line of "./odd.sh" does not exist',
    ],
    [
      'in a folder that is a file',
      () => start(['true'], { dir: join(dir, file('a-file', '', 0o644)) }),
      `spawn ENOTDIR: not a folder "${join(dir, 'a-file')}"`,
    ],
    [
      'with arguments too long',
      () => start(['true', 'x'.repeat(4_000_000)]),
      'spawn E2BIG: the arguments and environment of "true" are too long',
    ],
    ['with a NUL in an argument', () => start(['true', 'a\0b']), 'cannot start "true": '],
  ]
  it.each(cases)('%s exits with code 1 and says why', async (_case, begin, reason) => {
    const running = begin()
    expect(running.pid).toBeUndefined()
    const exit = await running.exited
    expect(exit.exitCode).toBe(1)
    expect(exit.reason?.slice(0, reason.length)).toBe(reason)
  })
})

describe('stop', () => {
  it('leaves the port free for the next one', async () => {
    const server = (port: number) =>
      node(`process.on('SIGTERM', () => setTimeout(process.exit, 100)); const s = require('net').createServer()
        s.on('error', (e) => { console.log(e.code); process.exit(1) }).listen(${port}, () => console.log('on', s.address().port, '.'))`)
    let port = 0
    for (let turn = 0; turn < 4; turn++) {
      const running = server(port)
      await vi.waitFor(() => expect(running.output()).toMatch(/on \d+ \./), { timeout: 5000 })
      port = Number(/on (\d+) \./.exec(running.output())?.[1])
      await running.stop(5000)
    }
    const here = createServer()
    await new Promise<void>((resolve, reject) => here.once('error', reject).listen(port, resolve))
    here.close()
  })

  it('ends processes that were started on the way out', async () => {
    const running = sh(`trap 'sleep 1000 & echo child $!; exit 0' TERM; echo ready; while :; do sleep 0.02; done`)
    await vi.waitFor(() => expect(running.output()).toContain('ready'))
    await running.stop(300)
    const pid = Number(/child (\d+)/.exec(running.output())?.[1])
    expect(pid).toBeGreaterThan(0)
    expect(isRunning(pid)).toBe(false)
  })

  it('ends one that is suspended', async () => {
    const running = sh('echo ready; exec sleep 1000')
    await vi.waitFor(() => expect(running.output()).toContain('ready'))
    process.kill(running.pid ?? 0, 'SIGSTOP')
    await running.stop(100)
    expect(isRunning(running.pid ?? 0)).toBe(false)
  })
})

describe('a session that ends', () => {
  it.skipIf(process.platform === 'win32')(
    'EXIT-02: ends also what left its group, by force when it ignores SIGTERM',
    async () => {
      const session = createProcesses({ sessionId: randomUUID(), stateFolder: dir })
      const pieces: string[] = []
      const argv = ['sh', '-c', `setsid sh -c 'trap "" TERM; echo pid $$; : >left; exec sleep 1000' & ${until('left')}`]
      const running = session.spawn({ argv, dir, env: { PATH }, onOutput: (text) => void pieces.push(text) })
      await running.exited
      const pid = Number(/pid (\d+)/.exec(pieces.join(''))?.[1])
      expect(isRunning(pid)).toBe(true)
      await session.close(100)
      expect(isRunning(pid)).toBe(false)
    },
  )

  it('still runs where it cannot be remembered, and says so', async () => {
    const warnings: string[] = []
    const stateFolder = join(dir, 'state-file')
    writeFileSync(stateFolder, '')
    const session = createProcesses({ sessionId: 's', stateFolder, onWarning: (text) => void warnings.push(text) })
    expect(await session.spawn({ argv: ['true'], dir, env: { PATH } }).exited).toEqual({ exitCode: 0 })
    expect(warnings).toEqual([expect.stringContaining('the next session could not find')])
    await session.close()
  })
})
