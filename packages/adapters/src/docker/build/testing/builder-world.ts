import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { BuildEvent, BuildOutcome, ImageBuildRequest } from '@tiltts/runtime/ports'
import type { Diagnostic } from '@tiltts/spec'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../../clock/index.js'
import { createProcesses } from '../../../processes/index.js'
import { createConnector } from '../../connection/connect.js'
import type { Connect } from '../../connection.js'
import type { ImageBuilder } from '../../image-builder.js'
import { createImageBuilder } from '../create-image-builder.js'

/** A builder on the engine of this machine, and a folder that is its context. */
export interface BuilderWorld {
  readonly folder: string
  readonly builder: ImageBuilder
  readonly connect: Connect
  /** The docker command, on the engine of the bench. */
  docker(...args: readonly string[]): string
  /** Writes a file and the folders above it. */
  write(path: string, text: string | Buffer, mode?: number): void
  link(path: string, target: string): void
  request(dockerfile: string, options?: RequestOptions): ImageBuildRequest
  build(dockerfile: string, options?: RequestOptions, signal?: AbortSignal): Promise<Built>
}

export interface RequestOptions extends Partial<Omit<ImageBuildRequest, 'context'>> {
  readonly context?: Partial<ImageBuildRequest['context']> | undefined
}

export interface Built {
  readonly outcome: BuildOutcome
  readonly events: readonly BuildEvent[]
}

/** For one test. Images that are built are removed after it. */
export function builderWorld(
  env: Readonly<Record<string, string | undefined>> = {},
  files: Readonly<Record<string, string>> = {},
): BuilderWorld {
  const folder = mkdtempSync(join(tmpdir(), 'tiltts-build-'))
  const stateFolder = mkdtempSync(join(tmpdir(), 'tiltts-build-state-'))
  const processes = createProcesses({ sessionId: stateFolder, stateFolder, reaper: false })
  const whole = Object.fromEntries(
    Object.entries({ ...process.env, ...env }).filter((one): one is [string, string] => one[1] !== undefined),
  )
  const connector = createConnector({ processes, env: whole, clock: systemClock() })
  const { connect }: { readonly connect: Connect } = connector
  const builder = createImageBuilder({ connect, processes, env: whole, clock: systemClock() })
  // The command that a test puts into its own place is for the builder, not for this.
  const client = { ...whole, PATH: process.env['PATH'] ?? '' }
  const images = new Set<string>()
  const docker = (...args: readonly string[]): string =>
    execFileSync('docker', [...args], { encoding: 'utf8', env: client, stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd()

  onTestFinished(async () => {
    connector.close()
    await processes.close(0)
    rmSync(folder, { recursive: true, force: true })
    rmSync(stateFolder, { recursive: true, force: true })
    if (images.size > 0) docker('rmi', '--force', ...images)
  })

  const write = (path: string, text: string | Buffer, mode?: number): void => {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    if (mode !== undefined) chmodSync(file, mode)
  }
  for (const [path, text] of Object.entries(files)) write(path, text)

  const request: BuilderWorld['request'] = (dockerfile, { context, ...options } = {}) => ({
    name: 'tiltts-test/build',
    context: { folder, ignored: () => false, prunes: () => false, ...context },
    dockerfile,
    dockerfilePath: join(folder, 'Dockerfile'),
    buildArgs: {},
    target: undefined,
    platform: undefined,
    network: undefined,
    pull: false,
    cacheFrom: [],
    extraHosts: [],
    ssh: [],
    secrets: [],
    labels: {},
    tags: [],
    ...options,
  })

  return {
    folder,
    builder,
    connect,
    docker,
    write,
    link(path, target) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      symlinkSync(target, join(folder, path))
    },
    request,
    async build(dockerfile, options, signal = new AbortController().signal) {
      const before = new Set(docker('images', '--all', '--quiet', '--no-trunc').split('\n'))
      const events: BuildEvent[] = []
      const outcome = await builder.build(request(dockerfile, options), (event) => events.push(event), signal)
      // A Dockerfile that changes nothing has the image that it is based upon.
      if (outcome.ok && !before.has(outcome.imageId)) images.add(outcome.imageId)
      return { outcome, events }
    },
  }
}

/** The id of what was built. Throws the failure otherwise. */
export function imageOf({ outcome }: Built): string {
  if (!outcome.ok) throw new Error([outcome.failure.message, outcome.failure.hint].join('\n'))
  return outcome.imageId
}

export function failureOf({ outcome }: Built): Diagnostic {
  if (outcome.ok) throw new Error(`${outcome.imageId} was built`)
  return outcome.failure
}

export function docker(...args: readonly string[]): string {
  return execFileSync('docker', [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd()
}

export function inspect(id: string, format: string): string {
  return docker('inspect', '--format', format, id)
}

/** What a command in the image prints. */
export function printed(id: string, ...argv: readonly string[]): string {
  return docker('run', '--rm', '--network', 'none', id, ...argv)
}

/** All that the steps of a build printed. */
export function outputOf({ events }: Built): string {
  return events.flatMap((event) => (event.kind === 'output' ? [event.text] : [])).join('')
}

/** A line for a Dockerfile that no earlier run had: what stands below it is not cached. */
export function onceInstruction(): string {
  return `ENV ONCE=${process.pid}-${Date.now()}-${Math.random()}`
}

/** Whether a process runs on this machine whose command line holds a text. */
export function runs(mark: string): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark)
    } catch {
      // It has ended meanwhile.
      return false
    }
  })
}
