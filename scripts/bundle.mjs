// Bundles what ships in `tiltts`: the command line, the engine, the config host, the config API and the container helper.
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './pnpm.mjs'

const folder = join(root, 'packages/tiltts')
const out = join(folder, 'bundle')
rmSync(out, { recursive: true, force: true })
await build({
  absWorkingDir: folder,
  entryPoints: { bin: 'src/bin.ts', index: 'src/index.ts', 'config-host': '../adapters/src/config-host/host.ts' },
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  conditions: ['@tiltts/source'],
  // They find their own files beside themselves, so they stay packages.
  // ssh2 does without cpu-features, which is built on the machine that installs it.
  external: ['esbuild', 'tsx', 'tsx/*', 'cpu-features'],
  // dockerode asks for ssh and gRPC clients when it is loaded; engines behind ssh are reached by the ssh command, and its
  // own sessions are not used.
  alias: Object.fromEntries(
    ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader'].map((name) => [name, join(root, 'scripts/unused-module.cjs')]),
  ),
  legalComments: 'none',
  logLevel: 'warning',
  // CommonJS inside the bundle asks for require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
// The helper that goes into containers, with its checksums and the license of what is in it.
cpSync(join(root, 'packages/helper/bin'), join(out, 'helper'), { recursive: true })
