import { stripVTControlCharacters } from 'node:util'
import { type IPty, spawn } from '@lydell/node-pty'
import { onTestFinished } from 'vitest'
import { until } from './processes.js'
import { bin, type TempProject } from './temp-project.js'

/** `tiltts` on a real pseudo-terminal. */
export interface Terminal {
  readonly pty: IPty
  /** Everything written so far, without colours and moves. */
  text(): string
  /** The same with colours and moves. */
  raw(): string
  shows(pattern: RegExp, timeoutMs?: number): Promise<void>
  /** The exit code. */
  readonly ended: Promise<number>
}

/** Starts `tiltts` on a terminal of 100 × 30; it is killed when the test has finished. */
export function terminal(project: TempProject, args: readonly string[], more: NodeJS.ProcessEnv = {}): Terminal {
  const { NO_COLOR: _noColour, CI: _ci, ...env } = project.env
  const pty = spawn(process.execPath, [bin, ...args], {
    cwd: project.folder,
    env: { ...env, TERM: 'xterm-256color', ...more },
    cols: 100,
    rows: 30,
  })
  let raw = ''
  let done = false
  pty.onData((data) => {
    raw += data
  })
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      done = true
      resolve(exitCode)
    })
  })
  onTestFinished(async () => {
    if (done) return
    pty.kill('SIGKILL')
    await ended
  })
  const text = (): string => stripVTControlCharacters(raw)
  return {
    pty,
    text,
    raw: () => raw,
    ended,
    shows: (pattern, timeoutMs = 15_000) => until(`${pattern} in\n${text()}`, () => pattern.test(text()), timeoutMs),
  }
}
