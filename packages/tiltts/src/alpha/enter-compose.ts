import { spawn } from 'node:child_process'
import { InfraError } from '@tiltts/spec'

/** Runs a command in a container of the local engine, on this terminal where there is one. Resolves to its exit code. */
export function enterCompose(id: string, argv: readonly string[]): Promise<number> {
  const terminal = process.stdin.isTTY && process.stdout.isTTY ? ['-t'] : []
  return new Promise((resolve, reject) => {
    const child = spawn('docker', ['exec', '-i', ...terminal, id, ...argv], { stdio: 'inherit' })
    // Ctrl-C belongs to what runs there.
    const ignore = (): void => {}
    process.on('SIGINT', ignore)
    child.on('error', (error) => {
      reject(new InfraError('process/spawn-failed', 'process', `docker could not be started: ${error.message}`))
    })
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore)
      resolve(signal === null ? (code ?? 1) : 1)
    })
  })
}
