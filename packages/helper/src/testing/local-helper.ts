import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { type HelperChannel, openHelperChannel } from '../channel.js'
import { helperFile } from '../helper-file.js'
import type { HelperStream } from '../stream.js'

/** The helper for this machine. */
export const localHelper: string = helperFile(process.arch === 'arm64' ? 'arm64' : 'amd64')

/** Why the helper cannot run here; `undefined` when it can. */
export const noLocalHelper: string | undefined =
  process.platform === 'linux' ? undefined : 'the container helper is a program for Linux'

/** A process as the stream to an agent. */
export function processStream(child: ChildProcess): HelperStream {
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null) throw new Error('stdin and stdout have to be pipes')
  let said = ''
  stderr?.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  // A write to one that has ended rejects by its callback.
  stdin.on('error', () => {})
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stdin.write(bytes, (error) => (error ? reject(error) : resolve()))
      }),
    onData: (listener) => void stdout.on('data', listener),
    end: () => void stdin.end(),
    closed: new Promise((resolve) => child.once('close', () => resolve(said.trim()))),
  }
}

/** An agent of this machine, as an ordinary process. */
export function localAgent(options: { readonly socket?: string; readonly uid?: number } = {}): {
  readonly child: ChildProcess
  readonly channel: HelperChannel
} {
  const { socket = `tiltts-test-none-${process.pid}`, ...user } = options
  const child = spawn(localHelper, ['agent', `--socket=${socket}`], { stdio: 'pipe', ...user })
  return { child, channel: openHelperChannel(processStream(child)) }
}

/** Asks again and again until it is so; rejects after the time. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so after ${timeoutMs} ms: ${what}`)
    await sleep(10)
  }
}
