import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'

/**
 * Tests that need helm and kubectl on the PATH. Without them they are skipped, with the reason in the title;
 * `TILTTS_REQUIRE=kubernetes` makes that a failure.
 */
export function describeWithHelm(title: string, tests: () => void): void {
  const works = (command: string): boolean =>
    spawnSync(command, ['--help'], { stdio: 'ignore', timeout: 10_000 }).status === 0
  const missing = ['helm', 'kubectl'].filter((command) => !works(command)).join(' and ')
  if (missing === '') return void describe(title, tests)
  if ((process.env['TILTTS_REQUIRE'] ?? '').split(',').includes('kubernetes')) {
    throw new Error(`TILTTS_REQUIRE names kubernetes, but there is no ${missing}`)
  }
  describe.skip(`${title} (skipped: no ${missing})`, tests)
}
