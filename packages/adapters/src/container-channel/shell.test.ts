import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { Pipe } from './pipe.js'
import { openShell, quoted, type Shell, type ShellEnd } from './shell.js'

const open: { kill(): void }[] = []
afterEach(() => {
  for (const child of open.splice(0)) child.kill()
})

function localPipe(command: string, ...args: readonly string[]): Pipe {
  const child = spawn(command, args, { stdio: 'pipe' })
  open.push(child)
  child.stdin.on('error', () => {})
  return {
    write: (data) =>
      new Promise((resolve, reject) => child.stdin.write(data, (error) => (error ? reject(error) : resolve()))),
    listen(onOutput) {
      child.stdout.on('data', (bytes: Buffer) => onOutput(bytes, 'stdout'))
      child.stderr.on('data', (bytes: Buffer) => onOutput(bytes, 'stderr'))
    },
    end: () => void child.stdin.end(),
    destroy: () => void child.kill(),
    closed: new Promise((resolve) => child.once('close', () => resolve())),
  }
}

const shells = [['sh'], ['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh'], ['zsh'], ['ksh']].filter(
  ([command = '']) => ['/bin', '/usr/bin'].some((folder) => existsSync(`${folder}/${command}`)),
)

describe.each(shells.map((argv) => [argv.join(' '), argv] as const))('a warm shell (%s)', (_name, argv) => {
  const shell = async (): Promise<Shell> => {
    const [command = '', ...args] = argv
    const opened = await openShell(localPipe(command, ...args))
    if (!opened.ok) throw new Error(opened.said)
    return opened.shell
  }
  const run = async (
    on: Shell,
    ...command: readonly string[]
  ): Promise<{ end: ShellEnd; stdout: string; stderr: string }> => {
    const said = { stdout: '', stderr: '' }
    const end = await on.run(command, (text, stream) => {
      said[stream] += text
    })
    return { end, ...said }
  }
  const ended = (exitCode: number, stdout = '', stderr = '') => ({ end: { kind: 'ended', exitCode }, stdout, stderr })

  it('LU-07: tells output by stream and the exact exit code, also without a last line break', async () => {
    const warm = await shell()
    expect(await run(warm, 'sh', '-c', 'printf out; printf err >&2; exit 7')).toEqual(ended(7, 'out', 'err'))
    expect(await run(warm, 'sh', '-c', 'echo out; echo err >&2')).toEqual(ended(0, 'out\n', 'err\n'))
    expect(await run(warm, 'true')).toEqual(ended(0))
    expect(await run(warm, 'sh', '-c', 'kill -9 $$')).toEqual(ended(137))
  })

  it('hands arguments over as they are', async () => {
    const words = ["it's", '$HOME `date` $(date)', 'two\nlines', '\\n', '', '*', 'ü', '"', '-n', ';', '#']
    const { stdout } = await run(await shell(), 'printf', '%s|', ...words)
    expect(stdout).toBe(words.map((word) => `${word}|`).join(''))
  })

  it('gives commands an empty stdin, so that none reads what is meant for the shell', async () => {
    const warm = await shell()
    expect(await run(warm, 'cat')).toEqual(ended(0))
    expect(await run(warm, 'echo', 'still here')).toEqual(ended(0, 'still here\n'))
  })

  it('LU-10: tells a command that could not be started from one that ended with 127', async () => {
    const warm = await shell()
    expect((await run(warm, 'no-such-command')).end).toMatchObject({ kind: 'not-started' })
    expect((await run(warm, '/etc/passwd')).end).toMatchObject({ kind: 'not-started' })
    expect((await run(warm, 'sh', '-c', 'exit 127')).end).toEqual({ kind: 'ended', exitCode: 127 })
    expect((await run(warm, 'sh', '-c', 'no-such-command')).end).toEqual({ kind: 'ended', exitCode: 127 })
  })

  it('takes words that mean something to a shell for names of programs', async () => {
    const warm = await shell()
    for (const word of ['exit', 'cd', 'exec', 'if']) {
      expect((await run(warm, word, '5')).end).toMatchObject({ kind: 'not-started' })
    }
    expect(await run(warm, 'echo', 'still here')).toEqual(ended(0, 'still here\n'))
  })

  it('hands output over while the command runs, in whole characters', async () => {
    const warm = await shell()
    const seen: string[] = []
    const script = "printf '\\303'; sleep 0.1; printf '\\244'; sleep 0.1; echo end"
    await warm.run(['sh', '-c', script], (text) => seen.push(text))
    expect(seen.join('')).toBe('äend\n')
    expect(seen[0]).toBe('ä')
  })

  it('brings much output through', async () => {
    const script = 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "line $i"; done'
    const { end, stdout } = await run(await shell(), 'sh', '-c', script)
    expect(end).toEqual({ kind: 'ended', exitCode: 0 })
    expect(stdout).toBe(Array.from({ length: 20_000 }, (_, index) => `line ${index + 1}\n`).join(''))
  })

  it('does not wait for what a command leaves behind, and keeps its output out of the next', async () => {
    const warm = await shell()
    const { end } = await run(warm, 'sh', '-c', '(sleep 0.1; echo late) & echo early')
    expect(end).toEqual({ kind: 'ended', exitCode: 0 })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await run(warm, 'echo', 'next')).toEqual(ended(0, 'next\n'))
  })

  it('is lost when it dies', async () => {
    const warm = await shell()
    const running = warm.run(['sleep', '0.5'], () => {})
    process.kill(warm.pid, 'SIGKILL')
    expect(await running).toEqual({ kind: 'lost' })
    expect(await warm.run(['true'], () => {})).toEqual({ kind: 'lost' })
  })
})

describe('opening a shell', () => {
  it('tells what came instead of one', async () => {
    const opened = await openShell(localPipe('sh', '-c', 'echo no such thing; exit 126'))
    expect(opened).toEqual({ ok: false, said: 'no such thing\n' })
  })

  it('quotes a word', () => {
    expect(quoted("it's")).toBe(`'it'\\''s'`)
  })
})
