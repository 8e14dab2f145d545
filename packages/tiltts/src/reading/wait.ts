import { ApiFailure, type Client } from '@tiltts/client'
import type { KindInfo } from '@tiltts/spec'
import { exitCode } from '../cli/command.js'
import type { Condition } from './conditions.js'
import { ReadFailure, reportFailures } from './failures.js'
import { fetchObjects } from './fetch.js'
import { listPath, type Selection, type WireEvent, type WireList, type WireObject } from './objects.js'
import type { Output } from './output.js'
import type { Target } from './targets.js'

export interface WaitOptions {
  readonly targets: readonly Target[]
  readonly selection: Selection
  readonly condition: Condition
  /** 0: look once. */
  readonly timeoutMs: number
  readonly output: Output
}

/** Waits until all targets are so, and says of each that it is, in their order; resolves to the exit code. */
export async function waitForAll(client: Client, options: WaitOptions): Promise<number> {
  const targets = await namedTargets(client, options)
  if (targets.length === 0) {
    if (options.condition.absent === 'met') return exitCode.ok
    throw new ReadFailure('no matching resources found', exitCode.noResource)
  }
  const controller = new AbortController()
  const timer =
    options.timeoutMs === 0 ? undefined : setTimeout(() => controller.abort(), Math.min(options.timeoutMs, 2 ** 31 - 1))
  const outcomes = new Map<KindInfo, ReadonlyMap<string, Promise<Outcome>>>()
  for (const { info } of targets) {
    if (outcomes.has(info)) continue
    const names = targets.filter((target) => target.info === info).flatMap(({ name }) => name ?? [])
    outcomes.set(info, follow(client, info, new Set(names), options, controller.signal))
  }
  const failures: unknown[] = []
  const say = await sayer(options.output)
  for (const { info, name } of targets) {
    const outcome = await outcomes.get(info)?.get(name)
    if (outcome?.is === 'met') say(info, name, outcome.object)
    else if (outcome !== undefined) failures.push(outcome.failure)
  }
  clearTimeout(timer)
  controller.abort()
  return failures.length === 0 ? exitCode.ok : reportFailures(failures)
}

type NamedTarget = Target & { readonly name: string }

/** Whose names are meant. A name that is to go and is gone is none. */
async function namedTargets(
  client: Client,
  { targets, selection, condition }: WaitOptions,
): Promise<readonly NamedTarget[]> {
  const lists = targets.filter(({ name }) => name === undefined)
  const fetched = await fetchObjects(client, { targets: lists, selection })
  const found = fetched.flatMap((one) => {
    if ('failure' in one) throw one.failure
    return one.value.map(({ metadata }) => ({ info: one.target.info, name: metadata.name }))
  })
  const given = targets.flatMap(({ info, name }) => (name === undefined ? [] : [{ info, name }]))
  if (condition.absent !== 'met' || given.length === 0) return [...given, ...found]
  const there = await fetchObjects(client, { targets: given, selection })
  const names = there.flatMap((one) => ('value' in one ? [{ info: one.target.info, name: one.target.name ?? '' }] : []))
  return [...names, ...found]
}

type Outcome =
  | { readonly is: 'met'; readonly object: WireObject | undefined }
  | { readonly is: 'failed'; readonly failure: unknown }

interface Waiting {
  /** What it was when it was seen last. */
  last: WireObject | undefined
  end(outcome: Outcome): void
}

/** Watches objects of a kind until each is so, or it is too late. One watch serves all names. */
function follow(
  client: Client,
  info: KindInfo,
  names: ReadonlySet<string>,
  { condition, timeoutMs }: WaitOptions,
  signal: AbortSignal,
): ReadonlyMap<string, Promise<Outcome>> {
  const waiting = new Map<string, Waiting>()
  const outcomes = new Map<string, Promise<Outcome>>()
  for (const name of names) {
    const outcome = new Promise<Outcome>((resolve) => {
      const end = (result: Outcome): void => {
        waiting.delete(name)
        resolve(result)
      }
      waiting.set(name, { last: undefined, end })
    })
    outcomes.set(name, outcome)
  }
  const look = (one: Waiting, object: WireObject): void => {
    one.last = object
    try {
      if (condition.isMet(object)) one.end({ is: 'met', object })
    } catch (failure) {
      one.end({ is: 'failed', failure })
    }
  }
  const failRest = (failureOf: (name: string) => unknown): void => {
    for (const [name, { end }] of [...waiting]) end({ is: 'failed', failure: failureOf(name) })
  }
  const run = async (): Promise<void> => {
    const [only] = names
    const selection = { labels: undefined, fields: names.size === 1 ? `metadata.name=${only}` : undefined }
    const list = (await client.read(listPath(info, selection), { signal })) as WireList
    const byName = new Map(list.items.map((object) => [object.metadata.name, object]))
    for (const [name, one] of [...waiting]) {
      const object = byName.get(name)
      if (object !== undefined) look(one, object)
      else if (condition.absent === 'met') one.end({ is: 'met', object: undefined })
      else if (condition.absent === 'failure') one.end({ is: 'failed', failure: notFound(info, name) })
    }
    if (waiting.size === 0) return
    if (timeoutMs === 0) return failRest((name) => new ReadFailure(`condition not met for ${info.plural}/${name}`))
    const path = listPath(info, selection, { watch: '1', resourceVersion: list.metadata.resourceVersion })
    for await (const events of client.stream(path, { signal })) {
      for (const { type, object } of events as readonly WireEvent[]) {
        const one = waiting.get(object.metadata.name)
        if (one === undefined) continue
        if (type !== 'DELETED') look(one, object)
        else if (condition.absent === 'met') one.end({ is: 'met', object })
      }
      if (waiting.size === 0) return
    }
    failRest(
      (name) => new ReadFailure(`the session has ended while waiting for ${info.plural}/${name}`, exitCode.noSession),
    )
  }
  run().catch((error: unknown) => {
    if (signal.aborted) failRest((name) => timedOut(info, name))
    else if ((error as NodeJS.ErrnoException).code === 'ECONNRESET')
      failRest(
        (name) => new ReadFailure(`the session has ended while waiting for ${info.plural}/${name}`, exitCode.noSession),
      )
    else failRest(() => error)
  })
  return outcomes
}

const notFound = ({ plural }: KindInfo, name: string): ApiFailure =>
  new ApiFailure(404, 'NotFound', `${plural}.tilt.dev "${name}" not found`)

const timedOut = ({ plural }: KindInfo, name: string): ReadFailure =>
  new ReadFailure(`timed out waiting for the condition on ${plural}/${name}`)

type Say = (info: KindInfo, name: string, object: WireObject | undefined) => void

async function sayer(output: Output): Promise<Say> {
  const { qualifiedKind } = await import('./kinds.js')
  const sayMet: Say = (info, name) => void process.stdout.write(`${qualifiedKind(info)}/${name} condition met\n`)
  if (output.form === 'table' || output.form === 'wide') return sayMet
  const { createPrinter } = await import('./printers/printer.js')
  const printer = await createPrinter(output, { headers: true, allowMissing: true })
  return (info, name, object) => {
    if (object === undefined) sayMet(info, name, object)
    else process.stdout.write(printer.print(object))
  }
}
