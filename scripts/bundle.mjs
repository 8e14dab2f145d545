// Bundles what ships in `tiltts`: the command line, the engine, the config host, the config API and the container helper.
import { cpSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { root } from './pnpm.mjs'

const folder = join(root, 'packages/tiltts')
const out = join(folder, 'bundle')
rmSync(out, { recursive: true, force: true })

const options = {
  absWorkingDir: folder,
  outdir: out,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  conditions: ['@tiltts/source'],
  legalComments: 'none',
  logLevel: 'warning',
}

/** @type {import('esbuild').BuildOptions} */
const everything = {
  ...options,
  entryPoints: {
    'every-command': 'src/every-command.ts',
    yaml: 'src/objects/yaml.ts',
    index: 'src/index.ts',
    'config-host': '../adapters/src/config-host/host.ts',
  },
  splitting: true,
  // They find their own files beside themselves, so they stay packages.
  // ssh2 does without cpu-features, which is built on the machine that installs it.
  external: ['esbuild', 'tsx', 'tsx/*', 'cpu-features'],
  // dockerode asks for ssh and gRPC clients when it is loaded; engines behind ssh are reached by the ssh command, and its
  // own sessions are not used.
  alias: Object.fromEntries(
    ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader'].map((name) => [name, join(root, 'scripts/unused-module.cjs')]),
  ),
  // CommonJS inside the bundle asks for require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
}

/** @type {import('esbuild').BuildOptions} */
const smallCommands = {
  ...options,
  entryPoints: { bin: 'src/bin.ts' },
  plugins: [{ name: 'small-commands', setup: leaveTheRest }],
}

await Promise.all([build(everything), build(smallCommands)])
// The helper that goes into containers, with its checksums and the license of what is in it.
cpSync(join(root, 'packages/helper/bin'), join(out, 'helper'), { recursive: true })

/** Leaves all commands that are not small, and YAML, to the other bundle. */
async function leaveTheRest(plugin) {
  const small = await namesOfSmallCommands()
  plugin.onResolve({ filter: /^\.\.?\/(.*\/)?[a-z-]+\.js$/ }, ({ path, importer, kind }) => {
    if (kind !== 'dynamic-import') return undefined
    const name = basename(path, '.js')
    const isCommand = importer.endsWith('/commands/registry.ts')
    if (isCommand && !small.has(name)) return { path: './every-command.js', external: true }
    if (name === 'every-command' || name === 'yaml') return { path: `./${name}.js`, external: true }
    return undefined
  })
}

async function namesOfSmallCommands() {
  const entry = join(folder, 'src/commands/small-commands.ts')
  const { outputFiles } = await build({ ...options, entryPoints: [entry], write: false })
  const { smallCommands } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
  return smallCommands
}
