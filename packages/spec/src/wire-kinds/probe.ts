import type { FunctionRef } from '../graph/command.js'

/** How readiness is found out, as Kubernetes writes it. One of the actions is set. */
export interface Probe {
  readonly exec?: { readonly command: readonly string[] } | undefined
  readonly httpGet?: HttpGetAction | undefined
  readonly tcpSocket?: { readonly port: number; readonly host?: string | undefined } | undefined
  /** Ours: a line of its output matches a regular expression. */
  readonly log?: { readonly pattern: string; readonly flags?: string | undefined } | undefined
  /** Ours: a function of the config; written by the config only. */
  readonly check?: FunctionRef | undefined
  /** @default 0 */
  readonly initialDelaySeconds?: number | undefined
  /** @default 1 */
  readonly timeoutSeconds?: number | undefined
  /** @default 10 */
  readonly periodSeconds?: number | undefined
  /** @default 1 */
  readonly successThreshold?: number | undefined
  /** @default 3 */
  readonly failureThreshold?: number | undefined
}

export interface HttpGetAction {
  /** @default '/' */
  readonly path?: string | undefined
  readonly port: number
  /** @default 'localhost' */
  readonly host?: string | undefined
  /** @default 'HTTP' */
  readonly scheme?: 'HTTP' | 'HTTPS' | 'http' | 'https' | undefined
  readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[] | undefined
}
