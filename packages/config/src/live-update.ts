import { isAbsolute, posix } from 'node:path'
import { type Call, declaring } from './call/call.js'
import { checkedOptions, describe, type Expectations } from './call/expect.js'
import { flag, oneOf, patterns, text, texts } from './call/expectations.js'
import { listOf } from './call/lists.js'
import { absolutePaths, warnOfPatterns } from './call/paths.js'
import { argvCommand, containerArgv, processCommand } from './command.js'
import { brand } from './handle.js'
import { type KeptLiveUpdate, keepSteps, type StepCall, type StepContent } from './live-update-steps.js'
import type { Falsy, OneOrMany } from './values.js'

/** One step of a live update. */
export interface Step<K extends string> {
  readonly step: K
}

export type InitialSync = Step<'initialSync'>
export type FallBackOn = Step<'fallBackOn'>
export type Sync = Step<'sync'>
export type Run = Step<'run'>
export type Restart = Step<'restartContainer'> | Step<'restartProcess'>
export type AnyStep = InitialSync | FallBackOn | Sync | Run | Restart
export type Steps = readonly (AnyStep | Falsy)[]

type Rank<S> = S extends InitialSync | FallBackOn ? 1 : S extends Sync ? 2 : S extends Run ? 3 : 4

/** Which ranks may follow which; 0 is the beginning. */
interface Follows {
  readonly 0: 1 | 2 | 3 | 4
  readonly 1: 1 | 2 | 3 | 4
  readonly 2: 2 | 3 | 4
  readonly 3: 3 | 4
  readonly 4: never
}

/** The list itself when its order is good, else a type that names the first step out of order. */
export type Ordered<S extends Steps, Last extends keyof Follows = 0> = S extends readonly [
  infer H extends AnyStep | Falsy,
  ...infer R extends Steps,
]
  ? [H] extends [Falsy]
    ? readonly [H, ...Ordered<R, Last>]
    : Rank<Exclude<H, Falsy>> extends Follows[Last]
      ? readonly [H, ...Ordered<R, Rank<Exclude<H, Falsy>>>]
      : readonly [{ error: 'this step may not follow the one before it' }, ...R]
  : S

/** Steps that can be given to several images. */
export interface LiveUpdate {
  readonly [brand]: 'liveUpdate'
  readonly steps: readonly AnyStep[]
}

/**
 * How a running container takes over changed files without a new image, to be given to several images. One image takes
 * its steps in a list as well: `liveUpdate: [sync(…), run(…)]`.
 *
 * The order is checked by the compiler, in the list too: {@link fallBackOn} and {@link initialSync} first, then
 * {@link sync}, then {@link run}, a restart last. Steps in another order that came past the compiler, and steps with
 * neither a `sync` nor a `run` among them, are errors. No step at all is no live update.
 *
 * A change that no `sync` takes builds the image; so does one under a path of `fallBackOn`.
 *
 * @example
 * ```ts
 * const node = liveUpdate(sync('./src', '/app/src'), run('npm install', { trigger: './package.json' }))
 * dockerBuild('shop/web', './web', { liveUpdate: node })
 * ```
 */
export function liveUpdate<const S extends Steps>(...steps: Ordered<S>): LiveUpdate {
  const call = declaring('liveUpdate')
  const kept: KeptLiveUpdate = { [brand]: 'liveUpdate', ...keepSteps(call, 'liveUpdate()', steps), at: call.at }
  return kept
}

/**
 * Brings each container that starts up to date with the files here before anything else: of all that the syncs name,
 * what differs from its image is copied. For images that are built rarely. Once, before all `sync` and `run`.
 *
 * @example
 * ```ts
 * liveUpdate: [initialSync(), sync('./api/src', '/app/src')]
 * ```
 */
export function initialSync(): InitialSync {
  return keep(declaring('initialSync'), 'initialSync()', { step: 'initialSync' })
}

/**
 * A change of one of these files, or below one of these folders, builds the image instead.
 *
 * @param paths Relative to the config's folder. One that is not there, but is in the context of the image, means that:
 *   `fallBackOn('Dockerfile')`.
 * @example
 * ```ts
 * liveUpdate: [fallBackOn(['./api/package.json', './api/Dockerfile']), sync('./api', '/app')]
 * ```
 */
export function fallBackOn(paths: OneOrMany<string>): FallBackOn {
  const call = declaring('fallBackOn')
  const display = `fallBackOn(${describe(paths)})`
  const written = texts.fits(paths) ? listOf(paths) : []
  if (!texts.fits(paths)) call.error('config/invalid-option', `fallBackOn(): expected paths, got ${describe(paths)}`)
  warnOfPatterns(call, display, 'its arguments', written)
  return keep(call, display, {
    step: 'fallBackOn',
    paths: written.map((path) => ({ path: call.path(path), inContext: isAbsolute(path) ? undefined : path })),
  })
}

export interface SyncOptions {
  /** What below `localPath` is left alone, in .dockerignore syntax, relative to it. */
  readonly ignore?: OneOrMany<string> | undefined
}

const syncExpectations: Expectations<SyncOptions> = { ignore: patterns }

/**
 * Copies what changes into the container, and removes there what is removed here. Of several that match a file, the
 * first in the list that does not ignore it takes it. What the container holds already, by content, is not sent.
 *
 * Files keep mode and time, links stay links; what is replaced keeps its owner, a new file gets that of its folder. Neither
 * `tar` nor a shell is needed to copy; to remove, a shell is, or the helper of {@link restartProcess}. What cannot be copied (read-only, tmpfs, disk full) builds the image.
 *
 * Errors: a path in the container that is not absolute; a path here that the image is not built from.
 *
 * @param localPath A file, or a folder with all below, relative to the config's folder. It must be among the files the
 *   image is built from.
 * @param containerPath Absolute, in the container. With `/` at its end, a file is put into that folder.
 * @example
 * ```ts
 * sync('./api/src', '/app/src', { ignore: '**\/*.test.ts' })
 * ```
 */
export function sync(localPath: string, containerPath: string, options?: SyncOptions): Sync {
  const call = declaring('sync')
  const display = `sync(${describe(localPath)}, ${describe(containerPath)})`
  const good = checkedOptions(call, display, options, syncExpectations)
  const hasSource = text.fits(localPath) && localPath !== ''
  if (!hasSource) call.error('config/live-update', `${display}: expected a path here, got ${describe(localPath)}`)
  else warnOfPatterns(call, display, 'its arguments', [localPath], 'Name the folder, and leave files out with ignore')
  const hasTarget = text.fits(containerPath) && posix.isAbsolute(containerPath)
  if (!hasTarget) {
    call.error(
      'config/live-update',
      `${display}: the path in the container must be absolute, but it is ${describe(containerPath)}`,
      "It begins with a slash: sync('./src', '/app/src')",
    )
  }
  const source = call.path(hasSource ? localPath : '.')
  const ignore = listOf(good.ignore)
  return keep(call, display, {
    step: 'sync',
    localPath: source,
    containerPath: hasTarget ? posix.normalize(containerPath) : '/',
    ignores: ignore.length > 0 ? [{ basePath: source, patterns: ignore }] : [],
  })
}

export interface RunOptions {
  /**
   * Run only when one of these files changed, or something below one of these folders. Paths, not patterns, relative to
   * the config's folder. @default on every update
   */
  readonly trigger?: OneOrMany<string> | undefined
  /** The command itself is not shown in the log. @default false */
  readonly echoOff?: boolean | undefined
}

const runExpectations: Expectations<RunOptions> = { trigger: texts, echoOff: flag }

/**
 * Runs a command in the container, as its user and in its working folder, after all files were copied. A text goes through
 * `sh -c` there, a list runs as it is, so it needs no shell in the image. When it fails, the update has failed; it runs again
 * with the next change, whatever its triggers. One that is killed has the image built.
 *
 * @example
 * ```ts
 * run('npm install', { trigger: ['./api/package.json', './api/package-lock.json'] })
 * ```
 */
export function run(command: string | readonly string[], options?: RunOptions): Run {
  const call = declaring('run')
  const display = `run(${describe(command)})`
  const good = checkedOptions(call, display, options, runExpectations)
  const isCommand = processCommand.fits(command)
  if (!isCommand) {
    call.error('config/live-update', `run(): expected ${processCommand.expected}, got ${describe(command)}`)
  }
  return keep(call, display, {
    step: 'run',
    ...argvCommand(isCommand ? command : ':', 'posix'),
    triggers: triggersOf(call, display, good.trigger),
    echoOff: good.echoOff ?? false,
  })
}

/**
 * Restarts the container, with the files it has now, without waiting for its grace time. For compose services; on
 * Kubernetes that is an error, since a new container would start from the image: use {@link restartProcess} there.
 *
 * @example
 * ```ts
 * liveUpdate: [sync('./api', '/app'), restartContainer()]
 * ```
 */
export function restartContainer(): Restart {
  return keep(declaring('restartContainer'), 'restartContainer()', { step: 'restartContainer' })
}

export interface RestartProcessOptions {
  /**
   * What is started, in place of the image's own ENTRYPOINT and CMD. A text goes through `sh -c`.
   * @default the image's own
   */
  readonly entrypoint?: string | readonly string[] | undefined
  /** Restart only when one of these files changed, or something below one of these folders. @default on every update */
  readonly trigger?: OneOrMany<string> | undefined
  /**
   * What it means when the process ends by itself: the container ends with it (`'end'`), or stays and waits for the next
   * change (`'stay'`). @default 'end'
   */
  readonly onExit?: 'end' | 'stay' | undefined
}

const restartExpectations: Expectations<RestartProcessOptions> = {
  entrypoint: processCommand,
  trigger: texts,
  onExit: oneOf('end', 'stay'),
}

/**
 * Restarts the process of the container, with the files it has now; where the container must stay, it stays. Needs
 * nothing in the image and no change to its Dockerfile.
 *
 * For a compose service it is the engine's restart of the same container, unless that would lose something (a free host port,
 * a tmpfs, another container in its network), or `entrypoint` or `onExit: 'stay'` is given. Then the image gets a static
 * program as its last layer, in front of its ENTRYPOINT and CMD: it sends SIGTERM to the process and all that it started,
 * SIGKILL after 2 seconds, and starts it again. A service with an `entrypoint:` of its own is an error then.
 *
 * @example
 * ```ts
 * liveUpdate: [sync('./build', '/app'), restartProcess()]
 * ```
 */
export function restartProcess(options?: RestartProcessOptions): Restart {
  const call = declaring('restartProcess')
  const good = checkedOptions(call, 'restartProcess()', options, restartExpectations)
  return keep(call, 'restartProcess()', {
    step: 'restartProcess',
    entrypoint: containerArgv(good.entrypoint),
    triggers: triggersOf(call, 'restartProcess()', good.trigger),
    onExit: good.onExit,
  })
}

function triggersOf(call: Call, display: string, trigger: OneOrMany<string> | undefined): readonly string[] {
  const paths = listOf(trigger)
  warnOfPatterns(call, display, 'triggers', paths)
  return absolutePaths(call, paths)
}

/** A step with its place; until a live update takes it, it counts as forgotten. */
function keep<C extends StepContent>(call: Call, display: string, content: C): C & StepCall {
  call.recorder.draft.unusedSteps.set(call.at, { display, at: call.at })
  return { ...content, call: display, at: call.at }
}
