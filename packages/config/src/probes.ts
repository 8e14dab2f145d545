import type { ProbeAction, ProbeSpec } from '@tiltts/spec'
import { type Call, declaring } from './call/call.js'
import { checkedOptions, describe, type Expectation, type Expectations } from './call/expect.js'
import { durationText, oneOf, text, textRecord } from './call/expectations.js'
import type { AnyFunction, Finish } from './collector/recorder.js'
import { argvCommand, processCommand } from './command.js'
import { type Duration, parseDuration } from './duration.js'
import { brand } from './handle.js'
import type { StepContext } from './step-function.js'

/** When a probe asks, and how many answers it takes. */
export interface Timing {
  /** Time between the start of the server and the first question. @default 0 */
  readonly initialDelay?: Duration | undefined
  /** Time between two questions. Until the first success the intervals are shorter, growing up to this. @default '10s' */
  readonly period?: Duration | undefined
  /** An answer that takes longer counts as a failure. @default '1s' */
  readonly timeout?: Duration | undefined
  /** Successes in a row that make it ready. @default 1 */
  readonly successThreshold?: number | undefined
  /** Failures in a row that make it unready again. @default 3 */
  readonly failureThreshold?: number | undefined
}

/** How to find out whether a server is ready. Made by {@link probe}. */
export interface Probe {
  readonly [brand]: 'probe'
}

export interface HttpProbeOptions extends Timing {
  /** 1 to 65535. */
  readonly port: number
  /** @default '/' */
  readonly path?: string | undefined
  /** @default 'localhost' */
  readonly host?: string | undefined
  /** @default 'http' */
  readonly scheme?: 'http' | 'https' | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface TcpProbeOptions extends Timing {
  /** 1 to 65535. */
  readonly port: number
  /** @default 'localhost' */
  readonly host?: string | undefined
}

export interface Probes {
  /**
   * Ready when a GET is answered with a status from 200 to 399.
   *
   * @example
   * ```ts
   * probe.http({ port: 3000, path: '/health', period: '2s' })
   * ```
   */
  http(options: HttpProbeOptions): Probe
  /** Ready when a connection can be made. */
  tcp(options: TcpProbeOptions): Probe
  /** Ready when the command exits with 0. A text goes through the shell, a list does not. */
  exec(command: string | readonly string[], timing?: Timing): Probe
  /**
   * Ready when a line of the server's output matches.
   *
   * @example
   * ```ts
   * probe.log(/listening on/)
   * ```
   */
  log(pattern: RegExp, timing?: Timing): Probe
  /** Ready when the function returns `true`. A throw, or a rejection, counts as a failure. */
  check(test: (ctx: StepContext) => boolean | Promise<boolean>, timing?: Timing): Probe
}

/** A probe that keeps what it was made of. */
interface KeptProbe extends Probe {
  readonly action: Exclude<ProbeAction, { kind: 'check' }> | { readonly kind: 'check'; readonly test: AnyFunction }
  readonly timing: Omit<ProbeSpec, 'action'>
  readonly at: Error
}

const port: Expectation = {
  expected: 'a port: a whole number from 1 to 65535',
  fits: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535,
}

const threshold: Expectation = {
  expected: 'a whole number, 0 for the default',
  fits: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31,
}

const timingExpectations: Expectations<Timing> = {
  initialDelay: durationText,
  period: durationText,
  timeout: durationText,
  successThreshold: threshold,
  failureThreshold: threshold,
}

const tcpExpectations: Expectations<TcpProbeOptions> = { ...timingExpectations, port, host: text }

const httpExpectations: Expectations<HttpProbeOptions> = {
  ...tcpExpectations,
  path: text,
  scheme: oneOf('http', 'https'),
  headers: textRecord,
}

/** How to find out whether a server is ready, for `readinessProbe`. */
export const probe: Probes = {
  http(options) {
    const call = declaring('probe.http')
    const {
      port,
      path = '/',
      host = 'localhost',
      scheme = 'http',
      headers = {},
      ...timing
    } = checked(call, options, httpExpectations)
    const action = {
      kind: 'http',
      port,
      host,
      path: path.startsWith('/') ? path : `/${path}`,
      scheme,
      headers,
    } as const
    return keep(call, action, timing)
  },
  tcp(options) {
    const call = declaring('probe.tcp')
    const { port, host = 'localhost', ...timing } = checked(call, options, tcpExpectations)
    return keep(call, { kind: 'tcp', port, host }, timing)
  },
  exec(command, timing) {
    const call = declaring('probe.exec')
    const good = processCommand.fits(command)
    if (!good)
      call.error('probe/invalid', `probe.exec(): expected ${processCommand.expected}, got ${describe(command)}`)
    const spec = argvCommand(good ? command : ['false'], call.recorder.options.platform)
    return keep(call, { kind: 'exec', command: spec }, checkedOptions(call, 'probe.exec()', timing, timingExpectations))
  },
  log(pattern, timing) {
    const call = declaring('probe.log')
    const good = pattern instanceof RegExp
    if (!good) call.error('probe/invalid', `probe.log(): expected a regular expression, got ${describe(pattern)}`)
    const { source, flags } = good ? pattern : /./
    return keep(
      call,
      { kind: 'log', pattern: source, flags },
      checkedOptions(call, 'probe.log()', timing, timingExpectations),
    )
  },
  check(test, timing) {
    const call = declaring('probe.check')
    if (typeof test !== 'function') {
      call.error('probe/invalid', `probe.check(): expected a function, got ${describe(test)}`)
    }
    return keep(call, { kind: 'check', test }, checkedOptions(call, 'probe.check()', timing, timingExpectations))
  },
}

/** The options of a probe that needs a port. */
function checked<T extends { readonly port: number }>(
  call: Call,
  options: T,
  expectations: Expectations<T>,
): Partial<T> & { readonly port: number } {
  const good = checkedOptions<T>(call, `${call.builder}()`, options, expectations)
  if (options?.port === undefined) call.error('probe/invalid', `${call.builder}() needs a port`)
  return { ...good, port: good.port ?? 1 }
}

function keep(call: Call, action: KeptProbe['action'], timing: Partial<Timing>): Probe {
  const kept: KeptProbe = {
    [brand]: 'probe',
    action,
    at: call.at,
    timing: {
      initialDelayMs: parseDuration(timing.initialDelay) ?? 0,
      // 0 means the default, as it does in Tilt and in Kubernetes
      periodMs: parseDuration(timing.period) || 10_000,
      timeoutMs: parseDuration(timing.timeout) || 1000,
      successThreshold: timing.successThreshold || 1,
      failureThreshold: timing.failureThreshold || 3,
    },
  }
  return kept
}

/** Only what {@link probe} made. */
export const probeExpectation: Expectation = {
  expected: 'a probe: probe.http, .tcp, .exec, .log or .check',
  fits: (value) => typeof value === 'object' && value !== null && (value as Partial<Probe>)[brand] === 'probe',
}

/** Keeps the probe of a resource. */
export function keepProbe(call: Call, resource: string, given: Probe): (finish: Finish) => ProbeSpec {
  const { action, timing, at } = given as KeptProbe
  if (action.kind !== 'check') return () => ({ action, ...timing })
  const id = `probe:${resource}/check`
  const { functions } = call.recorder.draft
  if (!functions.has(id)) functions.set(id, action.test)
  return (finish) => ({ action: { kind: 'check', fn: finish.functionRef(id, action.test, at) }, ...timing })
}
