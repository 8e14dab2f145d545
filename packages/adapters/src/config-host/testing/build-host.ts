import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { HostEntry } from '../entry.js'
import { sourceEntry } from '../source-entry.js'

export interface BuiltHost {
  readonly entry: HostEntry
  /** A package `tiltts` with the builders. */
  readonly cliPackageDir: string
  remove(): Promise<void>
}

/** The host and the builders as they ship: bundled. */
export async function buildHost(): Promise<BuiltHost> {
  const cache = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url))
  await mkdir(cache, { recursive: true })
  const cliPackageDir = await mkdtemp(join(cache, 'tiltts-'))
  const manifest = { name: 'tiltts', version: '1.2.3', type: 'module', exports: './index.js' }
  await writeFile(join(cliPackageDir, 'package.json'), JSON.stringify(manifest))
  await build({
    entryPoints: { index: fileURLToPath(new URL('../../../../config/src/index.ts', import.meta.url)) },
    outdir: cliPackageDir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    conditions: ['@tiltts/source'],
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  return {
    entry: { path: sourceEntry().path, execArgv: [] },
    cliPackageDir,
    remove: () => rm(cliPackageDir, { recursive: true, force: true }),
  }
}
