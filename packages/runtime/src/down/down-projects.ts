import type { LinkedResource } from '@tiltts/core/graph'
import { worldsNo } from '../controllers/tasks.js'
import type { Compose } from '../ports/compose.js'

/**
 * Takes down the compose projects of these resources, one after another.
 *
 * @returns what failed; the others went on
 */
export async function downProjects(
  compose: Pick<Compose, 'down'>,
  resources: readonly LinkedResource[],
  options: { readonly volumes: boolean; readonly onOutput: (text: string) => void },
  signal: AbortSignal,
): Promise<readonly { readonly resource: string; readonly message: string }[]> {
  const projects = new Map(
    resources.flatMap(({ spec: { compose: deploy } }) =>
      deploy === undefined ? [] : [[deploy.project.name, deploy.project] as const],
    ),
  )
  const errors: { resource: string; message: string }[] = []
  for (const [name, project] of projects) {
    if (signal.aborted) break
    const resource = `compose project ${name}`
    options.onOutput(`${resource}\n`)
    try {
      const end = await compose.down({ project, volumes: options.volumes, onOutput: options.onOutput }, signal)
      if (end.exitCode !== 0) errors.push({ resource, message: end.error ?? `exit code ${end.exitCode}` })
    } catch (error) {
      if (!signal.aborted) errors.push({ resource, message: worldsNo(error) })
    }
  }
  return errors
}
