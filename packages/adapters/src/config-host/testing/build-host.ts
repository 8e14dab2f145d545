import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { HostEntry } from '../entry.js'

export interface BuiltHost {
  readonly entry: HostEntry
  /** A package `tiltts` with the builders. */
  readonly cliPackageDir: string
  remove(): Promise<void>
}

/** Bundles the host and the builders as they ship: starting a host from the sources takes three times as long. */
export async function buildHost(): Promise<BuiltHost> {
  // Below this package's node_modules, so that esbuild and tsx are found from there.
  const cache = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url))
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'config-host-'))
  const cliPackageDir = join(folder, 'tiltts')
  await mkdir(cliPackageDir)
  const manifest = { name: 'tiltts', version: '1.2.3', type: 'module', exports: './index.js' }
  await writeFile(join(cliPackageDir, 'package.json'), JSON.stringify(manifest))
  await build({
    entryPoints: {
      'config-host': fileURLToPath(new URL('../host.ts', import.meta.url)),
      'tiltts/index': fileURLToPath(new URL('../../../../config/src/index.ts', import.meta.url)),
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    conditions: ['@tiltts/source'],
    external: ['esbuild', 'tsx', 'tsx/*'],
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  return {
    entry: { path: join(folder, 'config-host.js'), execArgv: [] },
    cliPackageDir,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
