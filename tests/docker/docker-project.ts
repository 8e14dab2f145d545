import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { type TempProject, tempProject } from '../support/temp-project.js'
import type { RunningTiltts } from '../support/tiltts.js'
import { type EngineProxy, engineProxy } from './engine-proxy.js'

const run = promisify(execFile)

/** The docker command, behind no door: what it prints. */
export async function docker(...args: readonly string[]): Promise<string> {
  return (await run('docker', [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout.trim()
}

/** Ends at once when it is asked to. */
export const waits = "trap 'exit 0' TERM; while :; do sleep 0.1; done"

export interface DockerProject extends TempProject {
  /** Of the compose project, and what images of its own begin with. */
  readonly name: string
  readonly door: EngineProxy
  /** Writes `compose.yaml` with these services; `NAME` in it stands for the project's name. */
  services(services: Readonly<Record<string, object>>, more?: object): void
  /** The id of a running container of a service; `''`: none. */
  running(service: string): Promise<string>
  /** The id of a container of a service, whatever its state; `''`: none. */
  container(service: string): Promise<string>
}

/**
 * A compose project with a name of its own, whose engine is reached through a door that can be shut. What it leaves on
 * the engine is removed after the test.
 */
export async function dockerProject(
  config: string,
  services: Readonly<Record<string, object>>,
  files: Readonly<Record<string, string>> = {},
): Promise<DockerProject> {
  const name = `tiltts-luck-${randomBytes(4).toString('hex')}`
  const project = tempProject({ ...files, 'tilt.config.ts': config.replaceAll('NAME', name) })
  const door = await engineProxy(join(project.folder, '..', 'engine.sock'))
  const write: DockerProject['services'] = (all, more = {}) => {
    const text = JSON.stringify({ name, services: all, ...more }, undefined, 2)
    project.write('compose.yaml', text.replaceAll('NAME', name))
  }
  write(services)
  const ids = async (service: string, ...more: readonly string[]): Promise<string> => {
    const labels = [`project=${name}`, `service=${service}`].map((label) => `label=com.docker.compose.${label}`)
    return docker('ps', '-q', '--no-trunc', ...more, ...labels.flatMap((label) => ['--filter', label]))
  }
  onTestFinished(async () => {
    await door.shut()
    await run('docker', ['compose', '-p', name, 'down', '--volumes', '--remove-orphans', '--timeout', '1'])
    const images = await docker('images', '-q', '--filter', `reference=${name}/*`)
    if (images !== '') await docker('rmi', '--force', ...new Set(images.split('\n')))
  })
  return {
    ...project,
    env: { ...project.env, DOCKER_HOST: door.host },
    name,
    door,
    services: write,
    running: (service) => ids(service),
    container: (service) => ids(service, '--all'),
  }
}

/** A service that runs a script by `sh -c`. */
export const service = (script: string, more: object = {}): object => ({
  image: 'busybox',
  command: ['sh', '-c', script.replaceAll('$', '$$$$')],
  stop_grace_period: '1s',
  ...more,
})

/** A config that names nothing but the compose file; more of it behind that. */
export const composeConfig = "import { dockerBuild, dockerCompose } from 'tiltts'\ndockerCompose('./compose.yaml')\n"

/** All that it has printed. */
export const said = (tiltts: Pick<RunningTiltts, 'stdout' | 'stderr'>): string => tiltts.stdout() + tiltts.stderr()

/** How often a text is in another. */
export const times = (text: string, part: string): number => text.split(part).length - 1
