import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, onTestFinished } from 'vitest'

/**
 * Tests that need a builder of their own beside the engine. They are skipped where there is no `buildkitd`, or where it may
 * not run, with the reason in the title; `TILTTS_REQUIRE=buildkit` makes that a failure.
 */
export function describeWithBuildkitd(title: string, tests: () => void): void {
  const missing = missingHere()
  if (missing === undefined) return void describe(title, tests)
  if ((process.env['TILTTS_REQUIRE'] ?? '').split(',').includes('buildkit')) {
    throw new Error(`TILTTS_REQUIRE names buildkit, but: ${missing}`)
  }
  describe.skip(`${title} (skipped: ${missing})`, tests)
}

function missingHere(): string | undefined {
  if (process.getuid?.() !== 0) return 'buildkitd runs as root only'
  try {
    execFileSync('buildkitd', ['--version'], { stdio: 'ignore' })
    execFileSync('docker', ['version'], { stdio: 'ignore' })
    return undefined
  } catch (error) {
    return `buildkitd and a Docker engine are needed (${(error as Error).message})`
  }
}

export interface RemoteBuilder {
  /** What the docker command has to be told to use it. */
  readonly env: Readonly<Record<string, string>>
  /** Ends it in the middle of whatever it does. */
  stop(): Promise<void>
}

/** A builder that buildx knows as a remote one, with settings of its own. */
export async function remoteBuilder(): Promise<RemoteBuilder> {
  const folder = mkdtempSync(join(tmpdir(), 'tiltts-buildkitd-'))
  const socket = join(folder, 'socket')
  const name = `tiltts-remote-${process.pid}`
  writeFileSync(
    join(folder, 'buildkitd.toml'),
    `root = "${folder}/root"
[grpc]
  address = ["unix://${socket}"]
[worker.oci]
  enabled = true
[worker.containerd]
  enabled = false
[registry."127.0.0.1:5000"]
  http = true
`,
  )
  const daemon = spawn('buildkitd', ['--config', join(folder, 'buildkitd.toml')], { stdio: 'ignore' })
  const ended = new Promise((resolve) => daemon.once('exit', resolve))
  const stop = async (): Promise<void> => {
    daemon.kill('SIGTERM')
    await ended
  }
  onTestFinished(async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const env = { BUILDX_CONFIG: join(folder, 'buildx'), BUILDX_BUILDER: name }
  while (!existsSync(socket)) {
    if (daemon.exitCode !== null) throw new Error(`buildkitd ended with exit code ${daemon.exitCode}`)
    await sleep(20)
  }
  execFileSync('docker', ['buildx', 'create', '--name', name, '--driver', 'remote', `unix://${socket}`], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  })
  return { env, stop }
}
