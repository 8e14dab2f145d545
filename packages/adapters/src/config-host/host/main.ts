import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LogLevel } from '@tiltts/spec'
import type { HostRequest, HostSetup, ToHost } from '../protocol.js'
import { installCommonJsTypescript } from './common-js.js'
import { currentCall, inCall } from './current-call.js'
import { threw } from './diagnose.js'
import { endGroup } from './end-group.js'
import { type EvaluationEnd, type RunningEvaluation, startEvaluation } from './evaluate.js'
import { callFunction, stepContext } from './functions.js'
import { installGuards, realExit } from './guards.js'
import { createKeepAlive } from './keep-alive.js'
import { startLoader } from './loader.js'
import { redirectOutput } from './output.js'
import { createEngineRenders } from './render-manifests.js'
import { createEngineCommands } from './run-command.js'
import { openUpChannel } from './up-channel.js'

/** How deep a helper may call builders and still be shown with its caller. */
const stackDepth = 30

/**
 * A process that waits warm, evaluates one config, and then keeps its functions. It does what the engine tells it;
 * when the engine is gone it goes too, with all it has started.
 *
 * @param hooks URL of the module with the loader's hooks.
 */
export async function runHost(setup: HostSetup, hooks: string): Promise<void> {
  Error.stackTraceLimit = stackDepth
  process.setSourceMapsEnabled(true)
  const lock = new Int32Array(new SharedArrayBuffer(4))
  const up = openUpChannel(lock)
  const log = (text: string, level: LogLevel): void => up.log({ call: currentCall(), level, text })
  redirectOutput(log)
  installCommonJsTypescript()
  // Alive while it waits for the engine, but not while the config waits for something: when that can never come, it shows.
  const alive = createKeepAlive(process.channel ?? { ref() {}, unref() {} })
  let letGo = alive.hold()
  const commands = createEngineCommands(up, alive)
  const renders = createEngineRenders(up, alive)
  const calls = new Map<number, AbortController>()
  const loader = startLoader(hooks, { lock, cliPackageDir: setup.cliPackageDir, tellsEngine: true })
  let evaluation: RunningEvaluation | undefined
  let end: EvaluationEnd | undefined

  installGuards({
    onExit(error) {
      if (end === undefined) evaluation?.stop(error)
    },
    onDeed: (deed, places) => up.send({ type: 'deed', call: currentCall(), deed, places }),
  })
  const uncaught = (thrown: unknown): void => {
    if (end === undefined && evaluation !== undefined) {
      evaluation.fail(thrown)
      return
    }
    const { message, places } = threw(thrown, 'function/threw')
    const where = places[0] === undefined ? '' : ` (${places[0].file}:${places[0].line}:${places[0].column})`
    log(`Nobody caught: ${message}${where}\n`, 'error')
  }
  process.on('uncaughtException', uncaught)
  process.on('unhandledRejection', uncaught)
  // They are meant for the engine, which ends this process itself.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})

  const evaluate = async (request: HostRequest): Promise<void> => {
    evaluation = startEvaluation(request, {
      loader,
      version: setup.version,
      run: commands.run,
      render: renders.render,
      log,
      onRead: (read) => up.send({ type: 'read', read }),
      onSecret: (secret) => up.send({ type: 'secret', secret }),
    })
    letGo()
    end = await evaluation.ended
    letGo = alive.hold()
    up.send({ type: 'result', result: end.result, functions: end.functions, lent: loader.lent })
  }

  const call = async ({ id, fnId, context, args }: Extract<ToHost, { type: 'call' }>): Promise<void> => {
    if (end === undefined) throw new Error('called before the config was evaluated')
    const { collector } = end
    const abort = new AbortController()
    calls.set(id, abort)
    const step = stepContext(context, {
      signal: abort.signal,
      run: (request) => inCall(id, () => commands.run(request)),
      log: (text, level) => up.log({ call: id, level, text }),
    })
    const outcome = await inCall(id, () => callFunction(collector, fnId, step, args))
    calls.delete(id)
    up.send({ type: 'settled', id, outcome })
  }

  const bug = (thrown: unknown): void => {
    up.send({ type: 'bug', message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) })
    realExit(1)
  }

  process.on('disconnect', endGroup)
  process.on('message', (message: ToHost) => {
    if (message.type === 'ping') up.send({ type: 'pong' })
    else if (message.type === 'evaluate') evaluate(message.request).catch(bug)
    else if (message.type === 'call') call(message).catch(bug)
    else if (message.type === 'abort') {
      inCall(message.id, () => calls.get(message.id)?.abort(new Error(message.reason)))
    } else if (message.type === 'leave') realExit(0)
    else if (message.type === 'rendered') renders.take(message)
    else commands.take(message)
  })
  // The channel is the engine's: what a config sends over it, nobody would understand.
  Object.assign(process, { send: undefined, disconnect: undefined })

  await warm('tiltts')
  up.send({ type: 'standby' })
}

/**
 * Loads the builders, and a module of TypeScript like those of a config: the first one takes several times as long as
 * the next, because all code on its way is new.
 *
 * @param builders Name of their package; given, so that no bundler takes them in.
 */
async function warm(builders: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-warm-'))
  try {
    await writeFile(join(folder, 'a.ts'), "import { b } from './b.js'\nimport './b'\nexport const a: number = b\n")
    await writeFile(join(folder, 'b.ts'), 'export const b: number = 1\n')
    await import(pathToFileURL(join(folder, 'a.ts')).href)
    await import(builders)
  } catch {
    // Only time is lost: if the config cannot import either, its evaluation says so.
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
