import type { IgnoreRule, LocalResourceNode, ServeSpec, StepSpec } from '@tiltts/spec'
import { type Call, declaring } from './call/call.js'
import { checkedOptions, type Expectations } from './call/expect.js'
import { durationText, environment, flag, oneOf, patterns, text, texts } from './call/expectations.js'
import { envOf, listOf } from './call/lists.js'
import { absolutePaths, warnOfPatterns } from './call/paths.js'
import type { Finish } from './collector/recorder.js'
import { type Command, command, keepCommand } from './command.js'
import { type Duration, parseDuration } from './duration.js'
import { handle, type ResourceHandle } from './handle.js'
import { standingPatterns } from './image/ignore-rules.js'
import { keepProbe, type Probe, probeExpectation } from './probes.js'
import { declareResource, isResourceName } from './resource-name.js'
import { keepResourceOptions, type ResourceOptions, resourceExpectations } from './resource-options.js'
import type { Env, OneOrMany } from './values.js'

/** What {@link localResource} takes. One of `cmd` and `serveCmd` must be there. */
export interface LocalResourceOptions extends ResourceOptions {
  /** Runs and ends: a build, a check, a code generator. Exit code 0 is success. */
  readonly cmd?: Command | undefined
  /** A server that goes on running. It is started after each successful `cmd`; a running one is stopped first. */
  readonly serveCmd?: Command | undefined
  /**
   * Files and folders (with all below) whose changes update the resource. Paths, not patterns; they need not exist yet.
   *
   * @example
   * ```ts
   * deps: ['./src', './package.json']
   * ```
   */
  readonly deps?: OneOrMany<string> | undefined
  /** What in `deps` does not count, in .dockerignore syntax, relative to the config's folder. */
  readonly ignore?: OneOrMany<string> | undefined
  /** Environment of `cmd` and `onDown`, on top of the session's. Values become strings. */
  readonly env?: Env | undefined
  /** Folder of `cmd` and `onDown`. @default the config's folder */
  readonly dir?: string | undefined
  /** Environment of `serveCmd`, on top of the session's. */
  readonly serveEnv?: Env | undefined
  /** Folder of `serveCmd`. @default the config's folder */
  readonly serveDir?: string | undefined
  /** When the server is ready. Without one it is ready as soon as its process has started. */
  readonly readinessProbe?: Probe | undefined
  /**
   * Whether `cmd` may run while other updates do. Without it, it runs alone among those that do not allow it.
   * @default false; true when there is no `cmd`
   */
  readonly allowParallel?: boolean | undefined
  /**
   * Files and folders that `cmd` writes. They never update this resource, they order the resources that have them in
   * `deps`, and when inputs and outputs are unchanged since the last run, `cmd` is skipped at start.
   */
  readonly outputs?: OneOrMany<string> | undefined
  /** Whether a server that exits with an error is started again, with growing pauses. @default 'never' */
  readonly restart?: 'never' | 'on-failure' | undefined
  /** Time between asking the server to stop and ending it. @default '10s' */
  readonly stopGrace?: Duration | undefined
}

const expectations: Expectations<LocalResourceOptions> = {
  ...resourceExpectations,
  cmd: command,
  serveCmd: command,
  deps: texts,
  ignore: patterns,
  env: environment,
  dir: text,
  serveEnv: environment,
  serveDir: text,
  readinessProbe: probeExpectation,
  allowParallel: flag,
  outputs: texts,
  restart: oneOf('never', 'on-failure'),
  stopGrace: durationText,
}

/**
 * A resource that runs on this machine: a command that ends (`cmd`), a server (`serveCmd`), or both.
 *
 * Errors are recorded and shown with all others at the end of the evaluation: a name that is taken or cannot be one, an
 * unknown or wrong option, neither `cmd` nor `serveCmd`.
 *
 * @param name Unique among all resources; no `/` and no `%`.
 * @returns A handle for `resourceDeps` and the like.
 * @example
 * ```ts
 * const codegen = localResource('codegen', { cmd: 'make generate', deps: './proto' })
 * localResource('api', {
 *   cmd: 'go build -o bin/api ./cmd/api',
 *   serveCmd: './bin/api',
 *   deps: ['./cmd', './internal'],
 *   readinessProbe: probe.http({ port: 8080, path: '/health' }),
 *   resourceDeps: codegen,
 * })
 * ```
 */
export function localResource(name: string, options: LocalResourceOptions): ResourceHandle {
  const call = declaring('localResource')
  const subject = `localResource('${name}')`
  const good = checkedOptions(call, subject, options, expectations)
  checkTogether(call, subject, options, good)
  if (isResourceName(call, name)) {
    const node = localNode(call, subject, name, good)
    declareResource(call, { name, kind: 'local resource', at: call.at, node })
  }
  return handle('resource', name)
}

/** Rules between options. `given` tells what is absent from what was wrong and is reported already. */
function checkTogether(
  call: Call,
  subject: string,
  given: LocalResourceOptions | undefined,
  good: Partial<LocalResourceOptions>,
): void {
  const has = (option: keyof LocalResourceOptions): boolean => given?.[option] !== undefined
  if (!has('cmd') && !has('serveCmd')) {
    call.error('config/invalid-option', `${subject} has neither cmd nor serveCmd`, 'Give it one of them, or both')
    return
  }
  const runs = has('cmd') || has('onDown')
  if (good.dir !== undefined && !runs) {
    call.error('config/invalid-option', `${subject} has dir, but no cmd`, 'The folder of serveCmd is serveDir')
  }
  if (good.serveDir !== undefined && !has('serveCmd')) {
    call.error('config/invalid-option', `${subject} has serveDir, but no serveCmd`, 'The folder of cmd is dir')
  }
  const unused = (option: keyof LocalResourceOptions, needs: string, hint?: string): void => {
    if (good[option] !== undefined) {
      call.warning('config/invalid-option', `${subject}: ${option} has no effect without ${needs}`, hint)
    }
  }
  if (!runs) unused('env', 'cmd', 'The environment of serveCmd is serveEnv')
  if (!has('cmd')) unused('outputs', 'cmd')
  if (!has('serveCmd')) {
    unused('serveEnv', 'serveCmd', 'The environment of cmd is env')
    for (const option of ['readinessProbe', 'restart', 'stopGrace'] as const) unused(option, 'serveCmd')
  }
  warnOfPatterns(call, subject, 'deps', listOf(good.deps), 'Name the folder, and leave files out with ignore')
}

function localNode(
  call: Call,
  subject: string,
  name: string,
  options: Partial<LocalResourceOptions>,
): (finish: Finish) => LocalResourceNode {
  const { base, dependencies } = keepResourceOptions(call, subject, options)
  const cmdDir = call.path(options.dir ?? '.')
  const cmd = keepStep(call, `local:${name}/cmd`, options.cmd, cmdDir, options.env)
  const onDown = keepStep(call, `local:${name}/onDown`, options.onDown, cmdDir, options.env)
  const serve = keepServe(call, name, options)
  const deps = absolutePaths(call, listOf(options.deps))
  const ignores = ignoreRules(call.folder(), deps, listOf(options.ignore))
  const outputs = cmd === undefined ? [] : absolutePaths(call, listOf(options.outputs))
  return (finish) => ({
    kind: 'local',
    name,
    place: finish.place(call.at),
    ...base,
    dependencies: dependencies(finish),
    onDown: onDown?.(finish),
    cmd: cmd?.(finish),
    serve: serve?.(finish),
    deps,
    ignores,
    outputs,
    // a server alone keeps nothing busy while it starts
    allowParallel: options.allowParallel ?? cmd === undefined,
  })
}

function keepStep(
  call: Call,
  id: string,
  given: Command | undefined,
  dir: string,
  env: Env | undefined,
): ((finish: Finish) => StepSpec) | undefined {
  if (given === undefined) return undefined
  const kept = keepCommand(call, id, given)
  return (finish) => ({ command: kept(finish), dir, env: envOf(env) })
}

function keepServe(
  call: Call,
  name: string,
  options: Partial<LocalResourceOptions>,
): ((finish: Finish) => ServeSpec) | undefined {
  const { serveCmd, serveDir = '.', serveEnv, readinessProbe, restart = 'never', stopGrace } = options
  const step = keepStep(call, `local:${name}/serve`, serveCmd, call.path(serveDir), serveEnv)
  if (step === undefined) return undefined
  const kept = readinessProbe && keepProbe(call, name, readinessProbe)
  return (finish) => ({
    ...step(finish),
    probe: kept?.(finish),
    restart,
    stopGraceMs: parseDuration(stopGrace) ?? 10_000,
  })
}

/** What in `deps` never counts: the patterns given, and what is no input of anything. */
function ignoreRules(folder: string, deps: readonly string[], patterns: readonly string[]): readonly IgnoreRule[] {
  const standing = deps.map((basePath) => ({ basePath, patterns: standingPatterns }))
  return patterns.length > 0 ? [{ basePath: folder, patterns }, ...standing] : standing
}
