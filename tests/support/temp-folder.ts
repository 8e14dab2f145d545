import { chmodSync, mkdtempSync, rmSync } from 'node:fs'

/**
 * Gives a run of tests one folder for all that they make in the system's temporary folder, and removes it at the end:
 * workers are ended without a chance to tidy up themselves. Its path is short, as sockets stand in it, whose paths may have
 * 108 characters at most.
 */
export function setup(): (() => void) | undefined {
  // The other project of the same run has made one.
  if (process.env[own] !== undefined || process.platform === 'win32') return undefined
  const before = process.env['TMPDIR']
  const folder = mkdtempSync(`${before ?? '/tmp'}/tt-`)
  // Some tests act as another user in it.
  chmodSync(folder, 0o755)
  process.env['TMPDIR'] = folder
  process.env[own] = folder
  return () => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    delete process.env[own]
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

const own = 'TILTTS_TEST_TMPDIR'
