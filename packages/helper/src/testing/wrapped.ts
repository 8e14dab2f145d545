import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { HelperChannel } from '../channel.js'
import { localAgent, localHelper } from './local-helper.js'

/** A command with the helper in front of it, as an ordinary process of this machine. */
export interface Wrapped {
  readonly child: ChildProcess
  /** The name by which it is asked for a restart. */
  readonly socket: string
  /** All of stdout and stderr so far. */
  text(): string
  /** The exit code, when all output was read; 255 when a signal killed the helper itself. */
  readonly ended: Promise<number>
  readonly channel: HelperChannel
  /** Kills what is left and closes the channel. */
  close(): Promise<void>
}

let count = 0

export function wrapped(
  argv: readonly string[],
  options: { readonly flags?: readonly string[]; readonly dir?: string; readonly env?: Record<string, string> } = {},
): Wrapped {
  // All processes of this machine have one mount namespace, so each needs a name of its own.
  count += 1
  const socket = `tiltts-test-${process.pid}-${count}`
  const child = spawn(localHelper, ['wrap', `--socket=${socket}`, ...(options.flags ?? []), '--', ...argv], {
    stdio: 'pipe',
    cwd: options.dir,
    env: { ...process.env, ...options.env },
  })
  let text = ''
  const hear = (bytes: Buffer): void => {
    text += bytes.toString()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 255)))
  const { channel } = localAgent({ socket })
  return {
    child,
    socket,
    text: () => text,
    ended,
    channel,
    close: async () => {
      for (const pid of childrenOf(child.pid)) killGroup(pid)
      child.kill('SIGKILL')
      await Promise.all([ended, channel.close()])
    },
  }
}

/** Process ids of the direct children, zombies included. */
export function childrenOf(pid: number | undefined): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(statOf(Number(name))[1]) === pid)
    .map(Number)
}

/** `R`, `S`, `Z` …; `undefined` when there is no such process. */
export function stateOf(pid: number): string | undefined {
  return statOf(pid)[0]
}

/** The fields of a process behind its name: state, parent, group, session, terminal, foreground group … */
function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return []
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has gone by itself.
  }
}
