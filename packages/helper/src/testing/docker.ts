import { execFile, spawn, spawnSync } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe } from 'vitest'
import { type HelperChannel, openHelperChannel } from '../channel.js'
import { agentArgv } from '../helper-argv.js'
import { helperFile } from '../helper-file.js'
import { helperPath } from '../helper-paths.js'
import { processStream } from './local-helper.js'

const run = promisify(execFile)

/** The docker command. What it prints, stderr of `logs` included, without the last line end. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run('docker', [...args])
  return (args[0] === 'logs' ? stdout + stderr : stdout).trimEnd()
}

/** Containers of the real engine, all gone at the end. */
export interface Containers {
  /** An image whose only file is the helper, besides what `lines` of its Dockerfile add. */
  image(base: string, ...lines: readonly string[]): Promise<string>
  /** Starts a container; returns its id. */
  start(options: readonly string[], image: string, ...argv: readonly string[]): Promise<string>
  /** An agent in it. */
  agent(container: string, ...options: readonly string[]): HelperChannel
}

/**
 * Tests that need an engine. Without one they are skipped, with the reason in the title; `TILTTS_REQUIRE=docker` makes
 * that a failure.
 */
export function describeWithContainers(title: string, tests: (containers: Containers) => void): void {
  const answers = spawnSync('docker', ['version'], { stdio: 'ignore', timeout: 10_000 }).status === 0
  const missing = 'no Docker engine answers (docker version)'
  if (!answers && (process.env['TILTTS_REQUIRE'] ?? '').split(',').includes('docker')) {
    throw new Error(`TILTTS_REQUIRE names docker, but: ${missing}`)
  }
  describe.skipIf(!answers)(answers ? title : `${title} (skipped: ${missing})`, () => tests(useContainers()))
}

function useContainers(): Containers {
  const name = `tiltts-helper-${process.pid}`
  let folder = ''
  const images: string[] = []
  const containers: string[] = []
  const agents: HelperChannel[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), `${name}-`))
    const arch = (await docker('version', '--format', '{{.Server.Arch}}')) === 'arm64' ? 'arm64' : 'amd64'
    await copyFile(helperFile(arch), join(folder, 'helper'))
  })
  afterAll(async () => {
    if (containers.length > 0) await docker('rm', '--force', '--volumes', ...containers)
    await Promise.all(agents.map((agent) => agent.close()))
    if (images.length > 0) await docker('rmi', '--force', ...images)
    await rm(folder, { recursive: true })
  })
  return {
    image: async (base, ...lines) => {
      const ref = `${name}:${images.length}`
      const dockerfile = [`FROM ${base}`, `COPY --chmod=755 helper ${helperPath}`, ...lines].join('\n')
      await writeFile(join(folder, 'Dockerfile'), dockerfile)
      await docker('build', '--quiet', '--tag', ref, folder)
      images.push(ref)
      return ref
    },
    start: async (options, image, ...argv) => {
      const id = await docker('run', '--detach', ...options, image, ...argv)
      containers.push(id)
      return id
    },
    agent: (container, ...options) => {
      const child = spawn('docker', ['exec', '-i', ...options, container, ...agentArgv()], { stdio: 'pipe' })
      const channel = openHelperChannel(processStream(child))
      agents.push(channel)
      return channel
    },
  }
}
