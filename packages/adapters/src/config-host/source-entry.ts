import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HostEntry } from './entry.js'

/**
 * Runs the host from the sources of this repository. They are bundled first, as they ship: hooks written in TypeScript
 * would need hooks themselves, which newer versions of Node do not let into the thread of the loader.
 */
export function sourceEntry(): HostEntry {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild')
  const { outputFiles } = buildSync({
    entryPoints: { 'config-host': fileURLToPath(new URL('host.ts', import.meta.url)) },
    outdir: '/',
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    conditions: ['@tiltts/source'],
    external: ['esbuild', 'tsx', 'tsx/*'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  const hash = createHash('sha256')
  for (const file of outputFiles) hash.update(file.path).update(file.contents)
  // Below this package's node_modules, so that esbuild and tsx are found from there.
  const cache = fileURLToPath(new URL('../../node_modules/.cache/config-host', import.meta.url))
  const folder = join(cache, hash.digest('hex').slice(0, 16))
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true })
    const fresh = mkdtempSync(`${folder}-`)
    for (const file of outputFiles) writeFileSync(join(fresh, basename(file.path)), file.contents)
    moveInto(folder, fresh)
  }
  return { path: join(folder, 'config-host.js'), execArgv: ['--conditions=@tiltts/source'] }
}

/** Another process may have written the same at the same time. */
function moveInto(folder: string, fresh: string): void {
  try {
    renameSync(fresh, folder)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}
