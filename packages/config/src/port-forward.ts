import { isIPv4 } from 'node:net'
import type { PortForwardSpec } from '@tiltts/spec'
import { type Call, reading } from './call/call.js'
import { describe, type Expectation } from './call/expect.js'
import { listOf } from './call/lists.js'
import type { OneOrMany } from './values.js'

/** A local port that leads to a port of a container, for as long as the session lasts. */
export interface PortForward {
  /** 0 to 65535; 0: one that is free. */
  readonly localPort: number
  /** @default the same as the local one where a container has it, else the first port of the first container that has any */
  readonly containerPort?: number | undefined
  /** Shown with the link. */
  readonly name?: string | undefined
  /** Path of the link that is shown: `/docs`. */
  readonly linkPath?: string | undefined
  /** Address to listen on: an IPv4 address or a host name. @default that of the session, which is `localhost` unless `--host` says otherwise */
  readonly host?: string | undefined
}

/** `8080`, `'8080:80'`, `'0.0.0.0:8080:80'`, or `portForward(…)`. */
export type PortForwardLike =
  | number
  | `${number}`
  | `${number}:${number}`
  | `${string}:${number}:${number}`
  | PortForward

export interface PortForwardOptions {
  readonly name?: string | undefined
  /** Path of the link that is shown. */
  readonly linkPath?: string | undefined
}

/**
 * A port forward with more than numbers.
 *
 * @param mapping `8080`, `8080:80` or `host:8080:80`, checked at run time: for texts that are put together.
 * @example
 * ```ts
 * k8sResource('api', { portForwards: [portForward(8080, 80, { name: 'API', linkPath: '/docs' })] })
 * ```
 */
export function portForward(mapping: string, options?: PortForwardOptions): PortForward
export function portForward(
  localPort: number,
  containerPort?: number,
  options?: PortForwardOptions & { readonly host?: string | undefined },
): PortForward
export function portForward(
  first: string | number,
  second?: number | PortForwardOptions,
  third?: PortForwardOptions & { readonly host?: string | undefined },
): PortForward {
  const options = typeof second === 'object' ? second : third
  const given =
    typeof first === 'string' ? first : { localPort: first, containerPort: second as number | undefined, ...options }
  const mapped = forwardOf(given)
  if (mapped !== undefined) return typeof first === 'string' ? { ...mapped, ...options } : mapped
  complain(reading('portForward'), 'portForward()', typeof first === 'string' ? first : [first, second ?? 0])
  return { localPort: 1 }
}

/** Keeps the forwards of a resource. One that is none is recorded as an error. */
export function keepForwards(
  call: Call,
  subject: string,
  given: OneOrMany<PortForwardLike> | undefined,
): readonly PortForwardSpec[] {
  return listOf(given).flatMap((one) => {
    const forward = forwardOf(one)
    if (forward !== undefined) return [forward]
    complain(call, `${subject}: \`portForwards\``, one)
    return []
  })
}

/** What is wrong with a forward is told one by one. */
export const forwardsExpectation: Expectation = { expected: 'a port forward or a list of them', fits: () => true }

function forwardOf(given: unknown): PortForward | undefined {
  if (typeof given === 'number') return checked({ localPort: given })
  if (typeof given === 'string') return checked(parseMapping(given))
  return typeof given === 'object' && given !== null ? checked(given as Partial<PortForward>) : undefined
}

function checked(given: Partial<PortForward> | undefined): PortForward | undefined {
  const { localPort, containerPort = 0, host, name, linkPath, ...rest } = given ?? {}
  const isGood =
    localPort !== undefined &&
    [localPort, containerPort].every(isPort) &&
    (host === undefined || isHost(host)) &&
    [name, linkPath].every((text) => text === undefined || typeof text === 'string') &&
    Object.keys(rest).length === 0
  if (!isGood) return undefined
  return {
    localPort,
    ...(containerPort !== 0 && { containerPort }),
    ...(host !== undefined && { host }),
    ...(name !== undefined && name !== '' && { name }),
    ...(linkPath !== undefined && linkPath !== '' && { linkPath }),
  }
}

function parseMapping(mapping: string): PortForward | undefined {
  const parts = /^(?:(?:([^:]+):)?(\d+):)?(\d+)$/.exec(mapping)
  if (parts === null) return undefined
  const [, host, local, last] = parts
  if (local === undefined) return { localPort: Number(last) }
  const ports = { localPort: Number(local), containerPort: Number(last) }
  return host === undefined ? ports : { ...ports, host }
}

function complain(call: Call, subject: string, given: unknown): void {
  call.error(
    'config/invalid-option',
    `${subject}: ${describe(given)} is no port forward`,
    "Write 8080, '8080:80', 'host:8080:80' or portForward(…), with ports from 0 to 65535, and a host that is a name or an IPv4 address",
  )
}

const isPort = (port: unknown): boolean => Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65_535

/** A name of a host; what is made of numbers only must be an IPv4 address. */
const isHost = (host: unknown): boolean =>
  typeof host === 'string' &&
  (/^[\d.]+$/.test(host)
    ? isIPv4(host)
    : /^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i.test(host))
