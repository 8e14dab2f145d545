import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { LogLevel } from '@tiltts/spec'
import { type HostEntry, hostExecArgv } from './entry.js'
import { createFrameReader, type FrameSink } from './frames.js'
import type { HostSetup, ToHost } from './protocol.js'

/** A process of a host, as far as the system knows it. */
export interface HostProcess {
  readonly pid: number | undefined
  send(message: ToHost): void
  /** Ends the whole process group at once. */
  kill(): void
  /** Resolves when the process has ended and all that it said was handed over. */
  readonly exited: Promise<HostExit>
  /** Has the process open its debugger; resolves with the URL. Never, if it is inside a system call. */
  openInspector(): Promise<string>
}

export interface HostExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The last the process wrote by itself, at most 4 KB: why the runtime gave up. */
  readonly lastWords: string
}

export interface HostProcessOptions {
  readonly entry: HostEntry
  readonly setup: HostSetup
  readonly env: Readonly<Record<string, string | undefined>>
  readonly sink: FrameSink
  /** What went past the host: children of the config that inherit its output, the runtime's own words. */
  readonly onRawOutput: (text: string, level: LogLevel) => void
}

/** How long output of an ended process may still be on its way, when a grandchild holds the pipe open. */
const lastOutputMs = 500

export function startHostProcess({ entry, setup, env, sink, onRawOutput }: HostProcessOptions): HostProcess {
  const windows = process.platform === 'win32'
  const child = spawn(
    process.execPath,
    [...hostExecArgv, ...entry.execArgv, entry.path, 'host', JSON.stringify(setup)],
    {
      // 3 is what the host says, see its up channel.
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'ipc'],
      env,
      // A group of its own: Ctrl-C is not for it, and it ends with all it has started.
      detached: !windows,
      windowsHide: true,
      serialization: 'json',
    },
  )
  const up = child.stdio[3] as Readable
  up.on('data', createFrameReader(sink))
  let lastWords = ''
  const inspector = createInspectorWait()
  const raw = (stream: Readable | null, level: LogLevel): void => {
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-4096)
      const shown = inspector.take(text)
      if (shown !== '') onRawOutput(shown, level)
    })
  }
  raw(child.stdout, 'info')
  raw(child.stderr, 'warn')

  const kill = (): void => {
    if (child.pid === undefined) return
    if (windows) {
      spawn('taskkill', ['/PID', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true })
      return
    }
    killGroup(child.pid)
  }
  return {
    pid: child.pid,
    send(message) {
      // It may be gone by now; that it is gone is told by `exited`.
      if (child.connected) child.send(message, () => {})
    },
    kill,
    exited: exitOf(child, up).then((exit) => {
      // What the config has started by itself must not outlive it.
      kill()
      return { ...exit, lastWords: exit.lastWords + lastWords }
    }),
    async openInspector() {
      const url = inspector.wait()
      child.kill('SIGUSR1')
      return await url
    },
  }
}

function exitOf(child: ChildProcess, up: Readable): Promise<HostExit> {
  const ended = new Promise<void>((resolve) => up.once('close', resolve))
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: 1, signal: null, lastWords: error.message })
    })
    child.once('exit', (code, signal) => {
      const timer = setTimeout(finish, lastOutputMs)
      function finish(): void {
        clearTimeout(timer)
        up.destroy()
        resolve({ code, signal, lastWords: '' })
      }
      void ended.then(finish)
    })
  })
}

function killGroup(pgid: number): void {
  try {
    process.kill(-pgid, 'SIGKILL')
  } catch (error) {
    // All of it has ended already; macOS says EPERM while nobody has collected it.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

/** Finds in the output the line by which the inspector tells its URL, and keeps it from being shown. */
function createInspectorWait(): { take(text: string): string; wait(): Promise<string> } {
  let found: ((url: string) => void) | undefined
  return {
    take(text) {
      if (found === undefined) return text
      const url = /ws:\/\/\S+/.exec(text)?.[0]
      if (url !== undefined) found(url)
      return text
        .split('\n')
        .filter((line) => !/^Debugger |^For help, see: /.test(line))
        .join('\n')
    },
    wait: () =>
      new Promise((resolve) => {
        found = resolve
      }),
  }
}
