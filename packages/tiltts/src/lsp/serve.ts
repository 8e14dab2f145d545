import { basename, dirname } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { packageVersion } from '../version.js'
import { byFile, type FileDiagnostics } from './diagnostics.js'
import { type Message, messagesOf, send } from './framing.js'

export interface LanguageServerOptions {
  /** Evaluates a config; resolves to what is wrong, by file. */
  readonly evaluate: (mainPath: string, signal: AbortSignal) => Promise<FileDiagnostics>
  /** Told what the server does, for people who look for a fault. */
  readonly log: (line: string) => void
}

/** Codes of JSON-RPC and the Language Server Protocol. */
const failure = { invalidRequest: -32600, methodNotFound: -32601, notInitialized: -32002 } as const

const isConfig = (path: string): boolean => /^tilt\.config\.[mc]?[jt]s$/.test(basename(path))

/**
 * Speaks the Language Server Protocol until the client says `exit` or goes away: what is wrong with a config is published
 * when it is opened, and when it or anything else is saved. Resolves to the exit code that the protocol asks for.
 */
export async function serveLanguage(
  input: Readable,
  output: Writable,
  { evaluate, log }: LanguageServerOptions,
): Promise<0 | 1> {
  let isInitialized = false
  let isShutDown = false
  /** Main configs that are open. */
  const open = new Set<string>()
  /** What was published for a config, so that it can be taken back. */
  const published = new Map<string, readonly string[]>()
  const running = new Map<string, AbortController>()

  const publish = (uri: string, diagnostics: readonly object[]): void =>
    send(output, { method: 'textDocument/publishDiagnostics', params: { uri, diagnostics } })

  /** A newer evaluation of the same config takes the place of the one that runs. */
  async function check(path: string): Promise<void> {
    running.get(path)?.abort()
    const controller = new AbortController()
    running.set(path, controller)
    const { signal } = controller
    try {
      log(`evaluates ${path}`)
      const found = byFile(await evaluate(path, signal), path)
      if (signal.aborted) return
      for (const uri of published.get(path) ?? []) if (!found.has(uri)) publish(uri, [])
      for (const [uri, diagnostics] of found) publish(uri, diagnostics)
      published.set(path, [...found.keys()])
    } catch (error) {
      if (signal.aborted) return
      const { message } = error as Error
      send(output, { method: 'window/showMessage', params: { type: 1, message: `tiltts: ${message}` } })
    }
  }

  function checkAll(savedPath: string): void {
    const meant = open.has(savedPath) ? [savedPath] : [...open].filter((path) => savedPath.startsWith(dirname(path)))
    for (const path of meant) void check(path)
  }

  function notified({ method, params }: Message): void {
    const path = pathOf(params)
    if (path === undefined) return
    if (method === 'textDocument/didSave') checkAll(path)
    else if (method === 'textDocument/didOpen' && isConfig(path)) {
      open.add(path)
      void check(path)
    } else if (method === 'textDocument/didClose' && open.delete(path)) {
      running.get(path)?.abort()
      for (const uri of published.get(path) ?? []) publish(uri, [])
      published.delete(path)
    }
  }

  function asked({ id, method }: Message): void {
    const refuse = (code: number, message: string): void => send(output, { id, error: { code, message } })
    if (method === 'initialize') {
      isInitialized = true
      send(output, { id, result: { capabilities, serverInfo: { name: 'tiltts', version: packageVersion() } } })
    } else if (!isInitialized) refuse(failure.notInitialized, 'initialize comes first')
    else if (isShutDown) refuse(failure.invalidRequest, 'the server was shut down')
    else if (method === 'shutdown') {
      isShutDown = true
      send(output, { id, result: null })
    } else refuse(failure.methodNotFound, `this server has no ${method}`)
  }

  for await (const message of messagesOf(input)) {
    log(`← ${message.method ?? 'an answer'}`)
    if (message.method === 'exit') break
    if (message.method === undefined) continue
    if (message.id !== undefined) asked(message)
    else notified(message)
  }
  for (const controller of running.values()) controller.abort()
  return isShutDown ? 0 : 1
}

/** Files are opened, closed and saved; their changes are of no interest before that, since others read them from disk. */
const capabilities = {
  textDocumentSync: { openClose: true, change: 0, save: { includeText: false } },
}

function pathOf(params: unknown): string | undefined {
  const { textDocument } = (params ?? {}) as { textDocument?: { uri?: string } }
  const uri = textDocument?.uri
  return uri?.startsWith('file:') ? fileURLToPath(uri) : undefined
}
