import type { ArgvCommand, FunctionRef } from './command.js'

/** How readiness of a server is found out. All times in milliseconds. */
export interface ProbeSpec {
  readonly action: ProbeAction
  /** @default 0 */
  readonly initialDelayMs: number
  /** @default 10000 */
  readonly periodMs: number
  /** @default 1000 */
  readonly timeoutMs: number
  /** @default 1 */
  readonly successThreshold: number
  /** @default 3 */
  readonly failureThreshold: number
}

export type ProbeAction =
  | {
      readonly kind: 'http'
      readonly port: number
      readonly host: string
      readonly path: string
      readonly scheme: 'http' | 'https'
      readonly headers: Readonly<Record<string, string>>
    }
  | { readonly kind: 'tcp'; readonly port: number; readonly host: string }
  | { readonly kind: 'exec'; readonly command: ArgvCommand }
  | { readonly kind: 'log'; readonly pattern: string; readonly flags: string }
  | { readonly kind: 'check'; readonly fn: FunctionRef }
