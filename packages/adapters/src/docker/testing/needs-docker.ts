import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'

/**
 * Tests that need an engine. Without one they are skipped, with the reason in the title; `TILTTS_REQUIRE=docker` makes that
 * a failure.
 */
export function describeWithDocker(title: string, tests: () => void): void {
  const answers = spawnSync('docker', ['version'], { stdio: 'ignore', timeout: 10_000 }).status === 0
  if (answers) return void describe(title, tests)
  const missing = 'no Docker engine answers (docker version)'
  if ((process.env['TILTTS_REQUIRE'] ?? '').split(',').includes('docker')) {
    throw new Error(`TILTTS_REQUIRE names docker, but: ${missing}`)
  }
  describe.skip(`${title} (skipped: ${missing})`, tests)
}
