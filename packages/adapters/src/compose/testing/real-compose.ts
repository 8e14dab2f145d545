import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { ComposeHarness } from '../../../../runtime/src/ports/compose.contract.js'
import { createProcesses } from '../../processes/index.js'
import { createCompose } from '../create-compose.js'

const run = promisify(execFile)

/** The docker command, for what a test has to bring about around the code that it tests. */
export async function docker(...args: readonly string[]): Promise<string> {
  return (await run('docker', [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout.trimEnd()
}

export interface RealComposeOptions {
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** Compose on the engine of this machine, and a project of its own. All that it makes is removed at the end. */
export async function realCompose({ env = {} }: RealComposeOptions = {}): Promise<ComposeHarness> {
  const name = `tiltts-compose-${randomBytes(4).toString('hex')}`
  const root = await realpath(await mkdtemp(join(tmpdir(), 'tiltts-compose-')))
  const dir = join(root, name)
  await mkdir(dir)
  const processes = createProcesses({ sessionId: name, stateFolder: join(root, 'state'), reaper: false })
  const compose = createCompose({ processes, env: { ...(process.env as Record<string, string>), ...env } })
  const servers: Server[] = []
  const label = `label=com.docker.compose.project=${name}`
  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

  return {
    compose,
    dir,
    async write(path, content) {
      const whole = join(dir, path)
      await mkdir(dirname(whole), { recursive: true })
      await writeFile(whole, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2))
      return whole
    },
    async image(ref, version) {
      const folder = join(root, 'image')
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'Dockerfile'), `FROM busybox\nLABEL version=${version} of=${name}\n`)
      return docker('build', '--quiet', '--tag', ref, folder)
    },
    hasImage: async (ref) => (await docker('images', '--quiet', ref)) !== '',
    async containers(project) {
      const ids = lines(
        await docker('ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${project}`),
      )
      if (ids.length === 0) return []
      const found = JSON.parse(await docker('inspect', ...ids)) as readonly Inspected[]
      return found
        .map((one) => ({
          id: one.Id,
          service: one.Config.Labels['com.docker.compose.service'] ?? '',
          running: one.State.Running,
          exitCode: one.State.ExitCode,
          imageId: one.Image,
          configHash: one.Config.Labels['com.docker.compose.config-hash'] ?? '',
          name: one.Name,
        }))
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .map(({ name: _name, ...rest }) => rest)
    },
    stop: async (id) => void (await docker('stop', '--time', '0', id)),
    heal: async (id) => void (await docker('exec', id, 'touch', '/tmp/healthy')),
    volumes: async (project) =>
      lines(await docker('volume', 'ls', '--quiet', '--filter', `label=com.docker.compose.project=${project}`)).sort(),
    networks: async (project) =>
      lines(await docker('network', 'ls', '--quiet', '--filter', `label=com.docker.compose.project=${project}`)),
    async busyPort() {
      const server = createServer()
      servers.push(server)
      await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
      return (server.address() as AddressInfo).port
    },
    slowDown: () => {},
    elapse: (ms) => sleep(ms),
    async close() {
      for (const server of servers) server.close()
      const left = lines(await docker('ps', '--all', '--quiet', '--filter', label))
      if (left.length > 0) await docker('rm', '--force', '--volumes', ...left)
      for (const kind of ['network', 'volume']) {
        const made = lines(await docker(kind, 'ls', '--quiet', '--filter', label))
        if (made.length > 0) await docker(kind, 'rm', ...made)
      }
      const images = lines(await docker('images', '--quiet', '--filter', `reference=${name}*`))
      if (images.length > 0) await docker('rmi', '--force', ...new Set(images))
      await processes.close(0)
      await rm(root, { recursive: true, force: true })
    },
  }
}

interface Inspected {
  readonly Id: string
  readonly Name: string
  readonly Image: string
  readonly State: { readonly Running: boolean; readonly ExitCode: number }
  readonly Config: { readonly Labels: Readonly<Record<string, string>> }
}
