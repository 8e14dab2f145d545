import { type ChildProcess, spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bin, type TempProject, tempProject } from '../support/temp-project.js'
import { startTiltts } from '../support/tiltts.js'

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly uri: string; readonly diagnostics: readonly Record<string, unknown>[] }
  readonly result?: Record<string, unknown> | null
  readonly error?: { readonly code: number }
}

/** An editor as far as it needs a language server. */
interface Editor {
  ask(method: string, params?: object): Promise<Message>
  tell(method: string, params?: object): void
  /** Resolves with what was published last for a file once it is so. */
  published(uri: string, isSo: (diagnostics: readonly Record<string, unknown>[]) => boolean): Promise<void>
}

function editor(from: Readable, to: Writable): Editor {
  const received: Message[] = []
  const listeners = new Set<() => void>()
  let rest = Buffer.alloc(0)
  from.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const [head = '', digits] = /^Content-Length: (\d+)\r\n\r\n/.exec(rest.toString('latin1')) ?? []
      const length = Number(digits)
      if (digits === undefined || rest.length < head.length + length) break
      received.push(JSON.parse(rest.subarray(head.length, head.length + length).toString('utf8')) as Message)
      rest = rest.subarray(head.length + length)
    }
    for (const listener of listeners) listener()
  })
  const until = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find()
        if (found === undefined) return
        clearTimeout(timer)
        listeners.delete(look)
        resolve(found)
      }
      const timer = setTimeout(() => reject(new Error(JSON.stringify(received, undefined, 1))), 20_000)
      listeners.add(look)
      look()
    })
  const write = (message: object): void => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    // In pieces, as a pipe may hand it over.
    to.write(`Content-Length: ${Buffer.byteLength(text)}\r\n`)
    to.write(`\r\n${text}`)
  }
  let next = 1
  return {
    ask(method, params) {
      const id = next++
      write({ id, method, ...(params !== undefined && { params }) })
      return until(() => received.find((message) => message.id === id))
    },
    tell: (method, params) => write({ method, ...(params !== undefined && { params }) }),
    published: (uri, isSo) =>
      until(() => {
        const last = received.findLast(
          ({ method, params }) => method === 'textDocument/publishDiagnostics' && params?.uri === uri,
        )
        return last?.params !== undefined && isSo(last.params.diagnostics) ? true : undefined
      }).then(() => undefined),
  }
}

const document = (project: TempProject, name: string): { textDocument: { uri: string } } => ({
  textDocument: { uri: pathToFileURL(project.path(name)).href },
})

function overStdio(project: TempProject): Editor & { readonly child: ChildProcess } {
  const child = spawn(process.execPath, [bin, 'lsp', 'start'], {
    cwd: '/',
    env: project.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { ...editor(child.stdout, child.stdin), child }
}

const bad = `import { localResource } from 'tiltts'
console.log('this is not for the editor')
localResource('a', { cmd: 'true', resourceDeps: ['b'] })
`

describe('lsp start', () => {
  it('CLI-89: answers initialize, and publishes what is wrong with a config that is opened and saved', async () => {
    const project = tempProject({ 'tilt.config.ts': bad, 'lib.ts': 'export const x = 1\n' })
    const { ask, tell, published, child } = overStdio(project)
    const early = await ask('shutdown')
    expect(early.error?.code).toBe(-32002)
    const { result } = await ask('initialize', { processId: process.pid, rootUri: null, capabilities: {} })
    expect(result).toMatchObject({
      capabilities: { textDocumentSync: { openClose: true, save: {} } },
      serverInfo: { name: 'tiltts' },
    })
    tell('initialized', {})
    const main = document(project, 'tilt.config.ts')
    const { uri } = main.textDocument
    tell('textDocument/didOpen', main)
    await published(uri, ([first, ...more]) => {
      const { code, severity, source, range } = (first ?? {}) as { [field: string]: unknown; range?: { start: object } }
      const isUnknown = code === 'config/unknown-resource' && severity === 1 && source === 'tiltts'
      return isUnknown && more.length === 0 && JSON.stringify(range?.start).startsWith('{"line":2,')
    })

    project.write(
      'tilt.config.ts',
      `import './lib.js'\nimport { localResource } from 'tiltts'\nlocalResource('a', { cmd: 'true' })\n`,
    )
    tell('textDocument/didSave', main)
    await published(uri, (diagnostics) => diagnostics.length === 0)

    project.write('lib.ts', `\nthrow new Error('the library is broken')\n`)
    tell('textDocument/didSave', document(project, 'lib.ts'))
    const lib = document(project, 'lib.ts').textDocument.uri
    await published(lib, ([first]) => String(first?.['message']).includes('the library is broken'))
    tell('textDocument/didClose', main)
    await published(lib, (diagnostics) => diagnostics.length === 0)

    expect((await ask('textDocument/hover', main)).error?.code).toBe(-32601)
    expect(await ask('shutdown')).toMatchObject({ result: null })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    tell('exit')
    expect(await ended).toBe(0)
  })

  it('CLI-89: ends with its client', async () => {
    const project = tempProject({})
    const { ask, child } = overStdio(project)
    await ask('initialize', {})
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.stdin?.end()
    expect(await ended).toBe(1)
  })

  it('CLI-89: takes connections at an address instead', async () => {
    const project = tempProject({})
    const server = startTiltts(project, ['lsp', 'start', '--address', '127.0.0.1:0'])
    await server.printed(/Listens on 127\.0\.0\.1:\d+/)
    const port = Number(/:(\d+)/.exec(server.stderr())?.[1])
    const socket: Socket = connect(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const { ask } = editor(socket, socket)
    expect((await ask('initialize', {})).result).toHaveProperty('capabilities')
    server.signal('SIGTERM')
    expect(await server.finished).toMatchObject({ code: 0 })
  })
})
