import { reading } from './call/call.js'

/**
 * A variable of the environment, also one that `dotenv` or the config itself has set.
 *
 * @param fallback Used when it is not set.
 * @example
 * ```ts
 * const registry = env('REGISTRY', 'localhost:5000')
 * ```
 */
export function env(name: string, fallback: string): string
export function env(name: string): string | undefined
export function env(name: string, fallback?: string): string | undefined {
  reading('env')
  return process.env[name] ?? fallback
}
