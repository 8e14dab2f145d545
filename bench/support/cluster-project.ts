import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { atEnd } from './cleanup.js'
import { docker } from './docker-project.js'
import { createProject, type Project } from './project.js'

/** A project with namespaces and images that go with it. */
export interface ClusterProject extends Project {
  /** Of its namespace; images that are to go with it are named `<name>/…`. */
  readonly name: string
  /** Another namespace, which begins with the project's name. */
  namespace(): string
}

/** @param files of the project, by the name of its namespace */
export function createClusterProject(files: (name: string) => Readonly<Record<string, string>>): ClusterProject {
  const name = `tiltts-bench-${randomBytes(3).toString('hex')}`
  const project = createProject(files(name))
  const namespaces: string[] = []
  const tidy = atEnd(() => {
    if (namespaces.length > 0) kubectl('delete', 'namespace', '--wait=false', ...namespaces)
    const references = [`${name}/*`, `${registry}/${name}/*`, `${registry}/${name}_*`]
    const filters = references.flatMap((reference) => ['--filter', `reference=${reference}`])
    const ids = [...new Set(docker('images', '-q', ...filters))]
    if (ids.length > 0) docker('rmi', '-f', ...ids)
  })
  const make = (namespace: string): string => {
    kubectl('create', 'namespace', namespace)
    namespaces.push(namespace)
    // Pods wait for their account; to be timed is what comes after.
    kubectl('--namespace', namespace, 'wait', '--for=create', 'serviceaccount/default', '--timeout=60s')
    return namespace
  }
  make(name)
  return {
    ...project,
    name,
    namespace: () => make(`${name}-${namespaces.length}`),
    remove() {
      tidy()
      project.remove()
    },
  }
}

/** Where images for the cluster are pushed by hand. */
export const registry: string = process.env['TESTBED_REGISTRY'] ?? '127.0.0.1:5000'

/** An image that the nodes can have. */
export const busybox: string = process.env['TESTBED_REGISTRY'] ? `${registry}/busybox:latest` : 'busybox:latest'

/** The output of a kubectl command. */
export function kubectl(...args: readonly string[]): string {
  return execFileSync('kubectl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}
