import { createServer, type Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { type Command, exitCode, type Invocation } from '../cli/command.js'
import { textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import { evaluateQuietly } from '../engine/evaluate-once.js'
import { onSignals } from '../engine/signals.js'
import { serveLanguage } from '../lsp/serve.js'

export const command: Command = {
  usage: 'start',
  summary: 'tell an editor what is wrong with the config',
  details:
    "Speaks the Language Server Protocol over stdin and stdout, or at --address. It evaluates a config that is opened or saved, and publishes what is wrong with it: errors of the evaluation, of names, manifests and images, each at its place. Completion and types are those of the editor's own TypeScript.",
  flags: {
    address: { type: 'string', value: '<host:port>', help: 'take connections there instead' },
  },
  async run(invocation) {
    const [word, ...more] = invocation.words
    if (word !== 'start' || more.length > 0) throw new UsageError('lsp takes start')
    const address = textFlag(invocation, 'address')
    if (address === undefined) return serve(invocation, process.stdin, process.stdout)
    return listen(invocation, address)
  },
}

function serve({ flags }: Invocation, input: Readable, output: Writable): Promise<number> {
  const isVerbose = flags['verbose'] === true || flags['debug'] === true
  return serveLanguage(input, output, {
    log: (line) => (isVerbose ? void process.stderr.write(`${line}\n`) : undefined),
    async evaluate(mainPath, signal) {
      // What the config prints is for its terminal; stdout is the editor's.
      const invoked = { flags: { file: mainPath }, words: [], rest: [] }
      const { diagnostics, result } = await evaluateQuietly(invoked, { onLog: () => {}, signal })
      return { diagnostics, files: result.reads.filter(isOwnModule).map(({ path }) => path) }
    },
  })
}

const isOwnModule = ({ path }: { readonly path: string }): boolean =>
  /\.[mc]?[jt]s$/.test(path) && !path.includes('/node_modules/')

async function listen(invocation: Invocation, address: string): Promise<number> {
  const [, host = 'localhost', port] = /^(?:\[?([^\]]*)\]?:)?(\d+)$/.exec(address) ?? []
  if (port === undefined) throw new UsageError(`--address takes host:port, not '${address}'`)
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    // A client that goes away in the middle of a message is gone, nothing more.
    const gone = (): void => void open.delete(socket)
    socket.on('error', gone)
    socket.on('close', gone)
    serve(invocation, socket, socket).then(
      () => socket.end(),
      (error: Error) => socket.destroy(error),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new UsageError(`Cannot listen on ${address}: ${error.message}`)))
    server.listen(Number(port), host === '' ? 'localhost' : host, resolve)
  })
  const taken = server.address()
  if (typeof taken === 'object' && taken !== null) process.stderr.write(`Listens on ${host}:${taken.port}\n`)
  await new Promise<void>((resolve) => {
    const release = onSignals(() => {
      release()
      resolve()
    })
  })
  for (const socket of open) socket.destroy()
  server.close()
  return exitCode.ok
}
