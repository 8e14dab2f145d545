// `npm test`: installs, builds, and runs every test. What a missing server or browser would be needed for is skipped with
// a reason; TILTTS_REQUIRE=docker,kubectl,buildkit,podman,kubernetes,testbed,browser turns such skips into failures. Further arguments go to vitest.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { install, pnpm, root } from './pnpm.mjs'

install()
pnpm('run', 'build')
const report = join(root, 'out/test-report.json')
mkdirSync(join(root, 'out'), { recursive: true })
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--reporter=${join(root, 'scripts/list-flaky.mjs')}`,
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
)
const {
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: skipped,
} = JSON.parse(readFileSync(report, 'utf8'))
writeFileSync(join(root, 'out/test-count.json'), JSON.stringify({ passed, failed, skipped }))
console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
process.exit(status ?? 1)
