import { type Dev, startDev } from './dev.js'
import { createProject, type Project } from './project.js'

/** A session with so many resources that do nothing. */
export async function startIdle(count: number): Promise<{ readonly project: Project; readonly dev: Dev }> {
  const config = `import { localResource } from 'tiltts'
for (let i = 0; i < ${count}; i++)
  localResource('resource-' + i, { cmd: ['true'], triggerMode: 'manual', autoInit: false })
`
  const project = createProject({ 'tilt.config.ts': config })
  const dev = await startDev(project)
  const there = async (): Promise<boolean> => (await dev.client.list('UIResource')).length > count
  while (!(await there())) await new Promise((resolve) => setTimeout(resolve, 50))
  return { project, dev }
}
