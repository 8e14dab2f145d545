import { declaring } from './call/call.js'
import { type ConfigFunction, markConfigFunction } from './collector/config-function.js'

export type { ConfigContext, ConfigFunction, Session } from './collector/config-function.js'

/**
 * A config as a function. It is the same thing as a module whose top level declares resources; export it as default.
 *
 * @example
 * ```ts
 * export default defineConfig(async ({ session }) => {
 *   if (session.command !== 'ci') localResource('docs', { serveCmd: 'npm run docs' })
 * })
 * ```
 */
export function defineConfig(config: ConfigFunction): typeof config {
  if (typeof config !== 'function') {
    declaring('defineConfig').error('config/invalid-option', 'defineConfig() takes a function')
    return config
  }
  return markConfigFunction(config)
}
