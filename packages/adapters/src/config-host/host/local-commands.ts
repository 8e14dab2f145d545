import { spawn } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import { createEcho } from '../echo.js'
import type { RunCommand } from './run-command.js'

/**
 * Runs commands as children of this process, in its own group: they end with it.
 *
 * @param signal Ends what is running.
 */
export function createLocalCommands(signal: AbortSignal, write: (text: string) => void): RunCommand {
  return (request) =>
    new Promise((resolve) => {
      const output = { stdout: '', stderr: '' }
      const echo = createEcho(request, (text) => write(text))
      const [file = '', ...args] = request.argv
      const child = spawn(file, args, {
        cwd: request.dir,
        env: { ...request.env },
        stdio: [request.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        signal,
        killSignal: 'SIGTERM',
      })
      for (const name of ['stdout', 'stderr'] as const) {
        const decoder = new StringDecoder('utf8')
        child[name]?.on('data', (chunk: Buffer) => {
          const text = decoder.write(chunk)
          output[name] += text
          echo.output(text)
        })
      }
      // It may end without having read its input.
      child.stdin?.on('error', () => {})
      child.stdin?.end(request.stdin)
      let reason = ''
      child.on('error', (error) => {
        reason = signal.aborted ? '' : `${error.message}\n`
        if (child.pid === undefined) finish(1)
      })
      child.on('close', (code) => finish(code ?? 1))
      const finish = (exitCode: number): void => {
        echo.end()
        resolve({ stdout: output.stdout, stderr: output.stderr + reason, exitCode })
      }
    })
}
