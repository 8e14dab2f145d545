import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe } from 'vitest'

/**
 * Tests that need Podman. They are skipped where there is none, with the reason in the title; `TILTTS_REQUIRE=podman` makes
 * that a failure.
 */
export function describeWithPodman(title: string, tests: () => void): void {
  const missing = missingHere()
  if (missing === undefined) return void describe(title, tests)
  if ((process.env['TILTTS_REQUIRE'] ?? '').split(',').includes('podman')) {
    throw new Error(`TILTTS_REQUIRE names podman, but: ${missing}`)
  }
  describe.skip(`${title} (skipped: ${missing})`, tests)
}

function missingHere(): string | undefined {
  try {
    execFileSync('podman', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch (error) {
    return `there is no podman (${(error as Error).message})`
  }
}

export interface PodmanService {
  /** As DOCKER_HOST takes it. */
  readonly host: string
  close(): Promise<void>
}

/** Podman's API with images and containers of its own. */
export async function podmanService(): Promise<PodmanService> {
  const folder = mkdtempSync(join(tmpdir(), 'tiltts-podman-'))
  const socket = join(folder, 'socket')
  const host = `unix://${socket}`
  const places = ['root', 'runroot', 'tmpdir'].flatMap((name) => [`--${name}`, join(folder, name)])
  const argv = [...places, '--storage-driver', 'vfs', 'system', 'service', '--time', '0', host]
  const service = spawn('podman', argv, { stdio: 'ignore' })
  const ended = new Promise((resolve) => service.once('exit', resolve))
  while (!existsSync(socket)) {
    if (service.exitCode !== null) throw new Error(`podman ended with exit code ${service.exitCode}`)
    await sleep(20)
  }
  return {
    host,
    async close() {
      service.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
