import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { atEnd } from './cleanup.js'
import { createProject, type Project } from './project.js'

/** A project whose containers, networks, volumes and images go with it. */
export interface DockerProject extends Project {
  /** Of the compose project; images that are to go with it are named `<name>/…`. */
  readonly name: string
  /** The only container of a service, by id. */
  container(service: string): string
}

/** @param files of the project, by its name */
export function createDockerProject(files: (name: string) => Readonly<Record<string, string>>): DockerProject {
  const name = `tiltts-bench-${randomBytes(3).toString('hex')}`
  const project = createProject(files(name))
  const label = `label=com.docker.compose.project=${name}`
  const tidy = atEnd(() => {
    removeAll(['ps', '-aq', '--filter', label], ['rm', '-f', '-v'])
    removeAll(['network', 'ls', '-q', '--filter', label], ['network', 'rm'])
    removeAll(['volume', 'ls', '-q', '--filter', label], ['volume', 'rm'])
    for (const reference of [`${name}/*`, `${name}-*`])
      removeAll(['images', '-q', '--filter', `reference=${reference}`], ['rmi', '-f'])
  })
  return {
    ...project,
    name,
    container(service) {
      const filters = [label, `label=com.docker.compose.service=${service}`].flatMap((filter) => ['--filter', filter])
      const [id] = docker('ps', '-q', '--no-trunc', ...filters)
      if (id === undefined) throw new Error(`service ${service} of ${name} has no container that runs`)
      return id
    },
    remove() {
      tidy()
      project.remove()
    },
  }
}

/** The lines that a docker command prints. */
export function docker(...args: readonly string[]): readonly string[] {
  const output = execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return output.split('\n').filter((line) => line !== '')
}

function removeAll(list: readonly string[], remove: readonly string[]): void {
  const ids = [...new Set(docker(...list))]
  if (ids.length > 0) docker(...remove, ...ids)
}
