import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { type TempProject, tempProject } from '../support/temp-project.js'

const run = promisify(execFile)

/** What kubectl prints. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  return (await run('kubectl', [...args], { maxBuffer: 16 * 1024 * 1024 })).stdout.trim()
}

/** What the docker command prints. */
export async function docker(...args: readonly string[]): Promise<string> {
  return (await run('docker', [...args])).stdout.trim()
}

export interface ClusterProject extends TempProject {
  readonly namespace: string
  /** The name of the one image of the project. */
  readonly image: string
  /** What kubectl prints about the namespace. */
  kubectl(...args: readonly string[]): Promise<string>
}

/** A project with a namespace of its own, which is gone after the test. `NAMESPACE` and `IMAGE` in the config are replaced. */
export async function clusterProject(
  config: string,
  files: Readonly<Record<string, string>> = {},
): Promise<ClusterProject> {
  const namespace = `k-apply-${randomBytes(4).toString('hex')}`
  const image = `${namespace}/api`
  const text = config.replaceAll('NAMESPACE', namespace).replaceAll('IMAGE', image)
  const project = tempProject({ ...files, 'tilt.config.ts': text })
  await kubectl('create', 'namespace', namespace)
  onTestFinished(async () => {
    await kubectl('delete', 'namespace', namespace, '--wait=false')
    const found = await Promise.all(
      [`*/${namespace}_api`, image].map((name) => docker('images', '-q', '--filter', `reference=${name}`)),
    )
    const ids = new Set(found.flatMap((text) => text.split('\n')).filter((id) => id !== ''))
    if (ids.size > 0) await docker('rmi', '--force', ...ids)
  })
  return { ...project, namespace, image, kubectl: (...args) => kubectl('-n', namespace, ...args) }
}
