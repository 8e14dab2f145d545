import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'

/**
 * Tests that need a cluster. Without one they are skipped, with the reason in the title; `TILTTS_REQUIRE=kubernetes` makes
 * that a failure.
 */
export function describeWithKubernetes(title: string, tests: () => void): void {
  const answers = spawnSync('kubectl', ['get', '--raw', '/readyz'], { stdio: 'ignore', timeout: 10_000 }).status === 0
  if (answers) return void describe(title, tests)
  const missing = 'no Kubernetes cluster answers (kubectl get --raw /readyz)'
  if ((process.env['TILTTS_REQUIRE'] ?? '').split(',').includes('kubernetes')) {
    throw new Error(`TILTTS_REQUIRE names kubernetes, but: ${missing}`)
  }
  describe.skip(`${title} (skipped: ${missing})`, tests)
}
