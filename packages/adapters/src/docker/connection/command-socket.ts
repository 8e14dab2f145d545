import { spawn } from 'node:child_process'
import { Duplex } from 'node:stream'
import { describeStartFailure } from '../../processes/start-failure.js'
import type { Env } from './config-folder.js'

/** What Node's HTTP client calls on its connections beside reading and writing. */
const socketCalls = ['setKeepAlive', 'setNoDelay', 'setTimeout', 'ref', 'unref'] as const

/**
 * A connection through the stdin and stdout of a command, which ends with it: also when this process dies, for its stdin
 * is closed then. Its last words are the error when it ends by itself.
 */
export function commandSocket(argv: readonly string[], env: Env): Duplex {
  const [command = '', ...args] = argv
  const child = spawn(command, args, { env: { ...env }, stdio: 'pipe', windowsHide: true })
  let said = ''
  let closed = false
  const duplex = new Duplex({
    read: () => void child.stdout.resume(),
    // A pipe that broke shows by the exit of the command, which says more.
    write: (chunk, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => void child.stdin.end(done),
    destroy(error, done) {
      closed = true
      child.kill()
      done(error)
    },
  })
  child.stdout.on('data', (chunk: Buffer) => {
    if (!duplex.push(chunk)) child.stdout.pause()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000)
  })
  child.stdin.on('error', () => {})
  child.on('error', (error) => {
    duplex.destroy(new Error(describeStartFailure(error, command, process.cwd()), { cause: error }))
  })
  child.on('close', (code) => {
    if (closed) return
    if (code === 0) duplex.push(null)
    else duplex.destroy(new Error(`${command} ended with code ${code}: ${said.trim() || 'it said nothing'}`))
  })
  return Object.assign(duplex, Object.fromEntries(socketCalls.map((name) => [name, () => duplex])))
}
