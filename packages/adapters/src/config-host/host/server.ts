import { renderDiagnostics } from '@tiltts/core/errors'
import type { Diagnostic, LogLevel } from '@tiltts/spec'
import { decodeServerRequest } from '../server-argv.js'
import { installCommonJsTypescript } from './common-js.js'
import { startEvaluation } from './evaluate.js'
import { callFunction, stepContext } from './functions.js'
import { installGuards, realExit } from './guards.js'
import { startLoader } from './loader.js'
import { createLocalCommands } from './local-commands.js'
import { redirectOutput } from './output.js'
import type { RenderManifests } from './render-manifests.js'

/**
 * The process of one function that is a server: evaluates the config anew, silently, and calls the function.
 * SIGTERM aborts `ctx.signal`, and the process ends when the function does: with 0, or with 1 when it threw.
 */
export async function runServer(data: string, hooks: string): Promise<void> {
  const { setup, request, fnId, context, envNames } = decodeServerRequest(data)
  Error.stackTraceLimit = 30
  process.setSourceMapsEnabled(true)
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort(new Error('the server was stopped')))
  }
  const { stdout, stderr } = process
  const write = (text: string, level: LogLevel): void => {
    const stream = level === 'warn' || level === 'error' ? stderr : stdout
    stream.write(text)
  }
  // What the config prints was shown when the session evaluated it.
  let silent = true
  redirectOutput((text, level) => {
    if (!silent) write(text, level)
  })
  const failed = (diagnostics: readonly Diagnostic[]): never => {
    stderr.write(`${renderDiagnostics(diagnostics, { colour: false, cwd: context.dir })}\n`)
    realExit(1)
  }

  installCommonJsTypescript()
  const lock = new Int32Array(new SharedArrayBuffer(4))
  const loader = startLoader(hooks, { lock, cliPackageDir: setup.cliPackageDir, tellsEngine: false })
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value
  const run = createLocalCommands(stop.signal, (text) => {
    if (!silent) write(text, 'info')
  })
  // There is no engine to ask, and few servers need it.
  const render: RenderManifests = async (sources) => {
    const { localManifests } = await import('./local-manifests.js')
    return await localManifests(env, stop.signal)(sources)
  }
  const evaluation = startEvaluation(
    { ...request, env },
    { loader, version: setup.version, run, render, log: () => {}, onRead: () => {}, onSecret: () => {} },
  )
  installGuards({ onExit: (error) => evaluation.stop(error), onDeed: () => {} })
  const { result, collector } = await evaluation.ended
  if (stop.signal.aborted) realExit(0)
  if (result.graph === undefined) return failed(result.diagnostics)

  silent = false
  // The process is its own from here on.
  process.exit = realExit
  const stepEnv = Object.fromEntries(envNames.map((name) => [name, env[name] ?? '']))
  const step = stepContext({ ...context, env: stepEnv }, { signal: stop.signal, run, log: write })
  // A function that waits for its signal alone would let the process end.
  const alive = setInterval(() => {}, 2 ** 30)
  const outcome = await callFunction(collector, fnId, step)
  clearInterval(alive)
  // Stopping it is what made it throw.
  if (!outcome.ok && !stop.signal.aborted) failed(outcome.diagnostics)
  realExit(0)
}
