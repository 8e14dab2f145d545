import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as builders from './builders.js'
import { installedCollector } from './collector/install.js'

/** All builders, bound to a folder. */
export type Builders = typeof builders

/**
 * The builders with the folder of a module as base of relative paths, whoever imports it: for packages that ship
 * files of their own, and for modules that are imported rather than included.
 *
 * @param url `import.meta.url` of the module.
 * @example
 * ```ts
 * const { localResource, readJson } = from(import.meta.url)
 * ```
 */
export function from(url: string): Builders {
  if (typeof url !== 'string') throw new TypeError('from() takes the URL of a module. Write: from(import.meta.url)')
  const file = url.startsWith('file:') ? fileURLToPath(url) : url
  const folder = dirname(file)
  const entries = Object.entries(builders).map(([name, value]) => [
    name,
    typeof value === 'function' ? bind(value as (...args: unknown[]) => unknown, folder) : value,
  ])
  return Object.freeze(Object.fromEntries(entries)) as Builders
}

function bind(builder: (...args: unknown[]) => unknown, folder: string): (...args: unknown[]) => unknown {
  return (...args) => {
    const recorder = installedCollector()
    if (recorder === undefined) return builder(...args)
    const parent = recorder.scopes.getStore()
    return recorder.scopes.run({ folder, file: undefined, parent, pattern: undefined }, () => builder(...args))
  }
}
