import { readFileSync } from 'node:fs'

/** The version in this package's manifest, found from `src/` and from `bundle/` alike. */
export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}
