import type { PodTerminal, TerminalSize } from '@tiltts/adapters/kubernetes'
import { InfraError } from '@tiltts/spec'
import type { Invocation } from '../cli/command.js'
import { portsFor } from '../engine/invoked-ports.js'
import type { PodEnterable } from './enterable.js'

/** Runs a command in a container of a pod, on this terminal where there is one. Resolves to its exit code. */
export async function enterPod(invocation: Invocation, target: PodEnterable, argv: readonly string[]): Promise<number> {
  const { ports, close } = portsFor(invocation)
  const hasTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  const controller = new AbortController()
  const { openTerminal } = ports.kubernetes
  try {
    const terminal = await openTerminal(
      {
        target,
        argv,
        size: hasTerminal ? sizeNow() : undefined,
        onOutput: (bytes, stream) => void process[stream].write(bytes),
      },
      controller.signal,
    )
    const release = handOver(terminal, hasTerminal)
    const end = await terminal.ended
    release()
    if (end.kind === 'exited') return end.exitCode
    throw new InfraError(
      'container/channel-closed',
      'kubernetes',
      end.kind === 'not-started'
        ? `Nothing could be started in ${target.pod}: ${end.reason}`
        : `The connection to ${target.pod} is gone, and maybe the container`,
    )
  } finally {
    await close()
  }
}

const sizeNow = (): TerminalSize => ({ columns: process.stdout.columns || 80, lines: process.stdout.rows || 24 })

/** Gives what is typed to the container, key by key; the returned function takes that back. */
function handOver(terminal: PodTerminal, hasTerminal: boolean): () => void {
  const { stdin, stdout } = process
  const typed = (bytes: Buffer): void => terminal.write(bytes)
  const resized = (): void => terminal.resize(sizeNow())
  const ended = (): void => terminal.end()
  if (hasTerminal) {
    stdin.setRawMode(true)
    stdout.on('resize', resized)
  }
  stdin.on('data', typed)
  stdin.once('end', ended)
  return () => {
    stdin.off('data', typed)
    stdin.off('end', ended)
    if (hasTerminal) {
      stdin.setRawMode(false)
      stdout.off('resize', resized)
    }
    stdin.pause()
  }
}
