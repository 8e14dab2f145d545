import { brand } from './handle.js'
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
 * How a running container takes over changed files without a new image. The order is checked by the compiler:
 * `fallBackOn` and `initialSync` first, then `sync`, then `run`, a restart last.
 *
 * @example
 * ```ts
 * const node = liveUpdate(sync('./src', '/app/src'), run('npm install', { trigger: './package.json' }))
 * ```
 */
export function liveUpdate<const S extends Steps>(...steps: Ordered<S>): LiveUpdate {
  const given: readonly unknown[] = steps
  return { [brand]: 'liveUpdate', steps: given.filter((step): step is AnyStep => Boolean(step)) }
}

/** Copies all files once when a container starts, so that it has edits made since its image was built. */
export function initialSync(): InitialSync {
  return { step: 'initialSync' }
}

/** A change of these files or folders builds a new image instead. */
export function fallBackOn(paths: OneOrMany<string>): FallBackOn {
  return step('fallBackOn', { paths })
}

/** Copies changed files into the container. `containerPath` is absolute. */
export function sync(
  localPath: string,
  containerPath: string,
  options: { readonly ignore?: OneOrMany<string> | undefined } = {},
): Sync {
  return step('sync', { localPath, containerPath, ...options })
}

export interface RunOptions {
  /** Run only when one of these files or folders changed. @default on every update */
  readonly trigger?: OneOrMany<string> | undefined
  /** The command itself is not shown. @default false */
  readonly echoOff?: boolean | undefined
}

/** Runs a command in the container after files were copied. A text goes through `sh -c`. */
export function run(command: string | readonly string[], options: RunOptions = {}): Run {
  return step('run', { command, ...options })
}

/** Restarts the container. On compose only; on Kubernetes use {@link restartProcess}. */
export function restartContainer(): Restart {
  return { step: 'restartContainer' }
}

export interface RestartProcessOptions {
  /** @default the image's own */
  readonly entrypoint?: string | readonly string[] | undefined
  /** Restart only when one of these files or folders changed. @default on every update */
  readonly trigger?: OneOrMany<string> | undefined
}

/** Restarts the process inside the container; the container stays. Needs no tool in the image. */
export function restartProcess(options: RestartProcessOptions = {}): Restart {
  return step('restartProcess', options)
}

const step = <K extends string>(kind: K, content: object): Step<K> => ({ step: kind, ...content })
