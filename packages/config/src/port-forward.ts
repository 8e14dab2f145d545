import { reading } from './call/call.js'
import { describe } from './call/expect.js'

/** A local port that leads to a port of a container. */
export interface PortForward {
  readonly localPort: number
  /** @default the container's own first port */
  readonly containerPort?: number | undefined
  readonly name?: string | undefined
  /** Path of the link that is shown. */
  readonly linkPath?: string | undefined
  /** Address to listen on. @default 'localhost' */
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
  const mapped =
    typeof first === 'string' ? parseMapping(first) : { localPort: first, containerPort: second as number | undefined }
  if (mapped !== undefined && portsOf(mapped).every(isPort)) return { ...mapped, ...options }
  reading('portForward').error(
    'config/invalid-option',
    `portForward(): ${describe(typeof first === 'string' ? first : portsOf(mapped))} is no port forward`,
    "Write 8080, '8080:80' or 'host:8080:80', with ports from 1 to 65535",
  )
  return { localPort: 1 }
}

function parseMapping(mapping: string): PortForward | undefined {
  const parts = /^(?:(?:([\w.-]+):)?(\d+):)?(\d+)$/.exec(mapping)
  if (parts === null) return undefined
  const [, host, local, last] = parts
  if (local === undefined) return { localPort: Number(last) }
  const ports = { localPort: Number(local), containerPort: Number(last) }
  return host === undefined ? ports : { ...ports, host }
}

const portsOf = (mapping: PortForward | undefined): readonly number[] =>
  [mapping?.localPort, mapping?.containerPort].filter((port) => port !== undefined)

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535
