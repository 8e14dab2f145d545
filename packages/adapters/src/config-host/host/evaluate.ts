import { existsSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { type Collector, createCollector, installCollector } from '@tiltts/config/collector'
import type { ConfigRead, Diagnostic, EvaluationResult, LogLevel, Place, SecretSpec } from '@tiltts/spec'
import type { FunctionPlace, HostRequest } from '../protocol.js'
import { createDiagnose } from './diagnose.js'
import { commonJsFiles, missingFiles } from './further-reads.js'
import { createFunctionHash } from './hash/function-hash.js'
import type { Loader } from './loader.js'
import { placesOf } from './places.js'
import type { RenderManifests } from './render-manifests.js'
import type { RunCommand } from './run-command.js'
import { neverSettles, whenStuck } from './stuck.js'
import { enter } from './surroundings.js'

export interface EvaluationSurroundings {
  readonly loader: Loader
  readonly version: string
  readonly run: RunCommand
  readonly render: RenderManifests
  readonly log: (text: string, level: LogLevel) => void
  readonly onRead: (read: ConfigRead) => void
  readonly onSecret: (secret: SecretSpec) => void
}

/** An evaluation under way. */
export interface RunningEvaluation {
  readonly ended: Promise<EvaluationEnd>
  /** Takes what was thrown where nobody catches it. */
  fail(thrown: unknown): void
  /** As `fail`, and does not wait for the config to end. */
  stop(thrown: unknown): void
}

export interface EvaluationEnd {
  readonly result: EvaluationResult
  readonly functions: readonly FunctionPlace[]
  readonly collector: Collector
}

/** Imports the config with a collector in place. Never rejects for what the config does. */
export function startEvaluation(request: HostRequest, surroundings: EvaluationSurroundings): RunningEvaluation {
  const { loader } = surroundings
  const diagnose = createDiagnose(loader)
  const failures: Diagnostic[] = []
  let stop = (): void => {}
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  const told = new Set<unknown>()
  const fail = (thrown: unknown): void => {
    // What stops the evaluation is thrown through the config as well.
    if (told.has(thrown)) return
    told.add(thrown)
    for (const diagnostic of diagnose(thrown)) failures.push(diagnostic)
  }

  const run = async (): Promise<EvaluationEnd> => {
    enter(request)
    const commands: unknown[] = []
    const reads: ConfigRead[] = []
    let open = true
    const madeAt = new Map<unknown, Place | undefined>()
    const hash = createFunctionHash({
      loader,
      args: request.args,
      env: request.env,
      reads,
      commands,
      kubernetes: request.kubernetes,
      version: surroundings.version,
    })
    const collector = createCollector({
      mainPath: request.mainPath,
      args: request.args,
      command: request.command,
      platform: process.platform === 'win32' ? 'windows' : 'posix',
      version: surroundings.version,
      places: placesOf,
      async exec(command) {
        const result = await surroundings.run(command)
        commands.push({ argv: command.argv, dir: command.dir, ...result })
        return result
      },
      kubernetes: request.kubernetes,
      async render(sources) {
        const rendered = await surroundings.render(sources)
        commands.push({ sources, documents: rendered.documents.map(({ object }) => object) })
        return rendered
      },
      hashFunction(fn, at) {
        madeAt.set(fn, placesOf(at)[0])
        return hash(fn, at)
      },
      log: (text, level) => surroundings.log(text.endsWith('\n') ? text : `${text}\n`, level),
      onRead(read) {
        if (open) reads.push(read)
        surroundings.onRead(read)
      },
      onSecret: surroundings.onSecret,
    })
    installCollector(collector)
    const { tsconfig, problem } = await loader.configure(request.mainPath)
    if (problem !== undefined) surroundings.log(`tsconfig.json cannot be used: ${problem}\n`, 'warn')

    const config = async (): Promise<void> => {
      if (!existsSync(request.mainPath)) return void failures.push(noConfig(request.mainPath))
      await collector.runDefault(await import(pathToFileURL(request.mainPath).href))
    }
    const stuck = whenStuck()
    await Promise.race([
      config().catch(fail),
      stopped,
      stuck.happened.then(() => void failures.push(neverSettles(loader, request.mainPath))),
    ])
    stuck.cancel()
    // Rejections that nobody handles are known only after the microtasks are done.
    await turn()

    open = false
    loader.refresh()
    if (tsconfig !== undefined) collector.recordModule(tsconfig)
    for (const { file } of loader.modules.values()) collector.recordModule(file)
    for (const file of commonJsFiles()) collector.recordModule(file)
    for (const file of missingFiles(loader)) collector.recordModule(file)
    const result = await collector.result(failures)
    const functions = (result.hasFunctions ? functionIds(result.graph) : []).map((id) => ({
      id,
      place: madeAt.get(collector.functionOf(id)),
    }))
    return { result, functions, collector }
  }

  return {
    ended: run(),
    fail,
    stop(thrown) {
      fail(thrown)
      stop()
    },
  }
}

const noConfig = (mainPath: string): Diagnostic => ({
  code: 'config/no-config',
  severity: 'error',
  message: `${mainPath} does not exist`,
  places: [],
  hint: 'Create it, or name another with --file',
})

/** The ids of all functions in a graph, wherever they stand in it. */
function functionIds(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  if ('$fn' in value && typeof value.$fn === 'string') return [value.$fn]
  return Object.values(value).flatMap(functionIds)
}
