// `pnpm check`: every gate that is not a test. Runs all of them, then says which failed.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { install, npx, packageManager, root } from './pnpm.mjs'

install()
const bin = (name) => join(root, 'node_modules/.bin', name)
const node = (script, ...args) => [process.execPath, [join(root, script), ...args]]
const checks = {
  // turbo asks for pnpm, which is on the path of what pnpm runs only.
  types: [npx, ['--yes', packageManager, 'run', 'typecheck', '--output-logs=errors-only']],
  lint: [bin('biome'), ['check', '--error-on-warnings', '.']],
  boundaries: node('scripts/check-boundaries.mjs'),
  'dead code': [bin('knip'), []],
  packages: node('scripts/check-packages.mjs'),
  'API schemas': node('scripts/write-api-schemas.mjs', '--check'),
  'reference of commands': node('scripts/write-cli-reference.mjs', '--check'),
  docs: node('scripts/check-docs.mjs'),
}
const failed = []
for (const [name, [command, args]] of Object.entries(checks)) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  console.log(`${status === 0 ? 'ok' : 'FAILED'}  ${name}`)
  if (status !== 0) failed.push(name)
}
mkdirSync(join(root, 'out'), { recursive: true })
writeFileSync(
  join(root, 'out/check-count.json'),
  JSON.stringify({ passed: Object.keys(checks).length - failed.length, failed: failed.length }),
)
process.exit(failed.length > 0 ? 1 : 0)
