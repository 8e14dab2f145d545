import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folder of this package, from `src/` and from `bundle/` alike. */
export const packageFolder: string = fileURLToPath(new URL('..', import.meta.url))

/** The version in this package's manifest. */
export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}
