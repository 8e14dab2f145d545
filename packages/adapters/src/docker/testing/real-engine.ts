import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { ContractContainer, DockerHarness } from '../../../../runtime/src/ports/docker.contract.js'
import { createProcesses } from '../../processes/index.js'
import { assembleDocker, type DockerOptions } from '../assemble-docker.js'
import type { CreateImageBuilder } from '../image-builder.js'

const run = promisify(execFile)

/** The docker command, for what a test has to bring about around the code that it tests. */
export async function dockerCommand(...args: readonly string[]): Promise<string> {
  return (await run('docker', [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout.trimEnd()
}

export interface RealEngine extends DockerHarness {
  readonly folder: string
  /** As the docker command takes them: `--read-only`, `--user`, `-t` …; and what is run. Returns the container's id. */
  readonly runWith: (options: readonly string[], image: string, ...argv: readonly string[]) => Promise<string>
}

const noBuilder: CreateImageBuilder = () => ({
  build: () => Promise.reject(new Error('nothing is built here')),
  describe: async () => 'none',
})

const sh = (script: string): readonly string[] => ['sh', '-c', script]

/** The engine of this machine. All that a test makes on it carries its name, and is removed at the end. */
export async function realEngine(
  options: Partial<DockerOptions> & { readonly builder?: CreateImageBuilder } = {},
): Promise<RealEngine> {
  const name = `tiltts-engine-${randomBytes(4).toString('hex')}`
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-engine-'))
  const stateFolder = join(folder, '.state')
  const processes = createProcesses({ sessionId: name, stateFolder, reaper: false })
  const env = process.env as Record<string, string>
  const docker = assembleDocker({ processes, env, ...options }, options.builder ?? noBuilder)
  const label = `${name}=${name}`
  const images = new Set<string>()

  const runWith: RealEngine['runWith'] = (flags, image, ...argv) =>
    dockerCommand('run', '--detach', '--label', label, ...flags, image, ...argv)

  const healthcheck = [
    ...['--health-cmd', 'cat /tmp/health 2>/dev/null; test -e /tmp/healthy'],
    ...['--health-interval', '300ms', '--health-retries', '1', '--health-start-period', '60s'],
  ]

  return {
    docker,
    name,
    folder,
    runWith,
    programs: {
      waits: ['sleep', '100000'],
      prints: sh('echo out; sleep 0.05; echo err >&2; exit 3'),
      partial: sh('printf "no end"'),
      ticks: sh('i=0; while :; do i=$((i+1)); echo "tick $i"; sleep 0.02; done'),
      missing: ['no-such-command-here'],
    },
    async image(ref, { files = {}, labels = {} } = {}) {
      const container = await dockerCommand('create', '--label', label, 'busybox')
      for (const [path, text] of Object.entries(files)) {
        const local = join(folder, '.image')
        await writeFile(local, text)
        await dockerCommand('cp', local, `${container}:${path}`)
      }
      const changes = Object.entries(labels).flatMap(([key, value]) => ['--change', `LABEL ${key}=${value}`])
      const id = await dockerCommand('commit', ...changes, container, ref)
      await dockerCommand('rm', container)
      images.add(id)
      return id
    },
    async removeImage(ref) {
      await dockerCommand('rmi', '--force', ref)
    },
    run({ argv, image = 'busybox', labels = {}, healthcheck: checked }: ContractContainer) {
      const own = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`])
      return runWith([...own, ...(checked ? healthcheck : [])], image, ...argv)
    },
    start: async (id) => void (await dockerCommand('start', id)),
    stop: async (id) => void (await dockerCommand('stop', '--time', '0', id)),
    pause: async (id) => void (await dockerCommand('pause', id)),
    remove: async (id) => void (await dockerCommand('rm', '--force', id)),
    async health(id, state, output) {
      const mark = state === 'healthy' ? 'touch /tmp/healthy' : 'rm -f /tmp/healthy'
      await dockerCommand('exec', id, 'sh', '-c', `printf %s "$1" >/tmp/health; ${mark}`, 'sh', output)
    },
    async read(id, path) {
      const exists = `test -e "$1" || exit 9; cat "$1"`
      return await dockerCommand('exec', id, 'sh', '-c', exists, 'sh', path).catch((error: { code?: number }) => {
        if (error.code === 9) return undefined
        throw error
      })
    },
    async write(path, text, mode) {
      const whole = await parent(folder, path)
      await writeFile(whole, text)
      if (mode !== undefined) await chmod(whole, mode)
      return whole
    },
    async mkdir(path) {
      await mkdir(join(folder, path), { recursive: true })
      return join(folder, path)
    },
    async link(path, target) {
      const whole = await parent(folder, path)
      await symlink(target, whole)
      return whole
    },
    elapse: (ms) => sleep(ms),
    now: Date.now,
    async close() {
      await docker.close()
      const left = await dockerCommand('ps', '--all', '--quiet', '--filter', `label=${label}`)
      if (left !== '') await dockerCommand('rm', '--force', '--volumes', ...left.split('\n'))
      // Some are gone already.
      for (const id of images) await dockerCommand('rmi', '--force', id).catch(() => {})
      await processes.close(0)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function parent(folder: string, path: string): Promise<string> {
  const whole = join(folder, path)
  await mkdir(dirname(whole), { recursive: true })
  return whole
}
