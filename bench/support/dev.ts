import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient, type Endpoint } from '../../packages/client/src/index.js'
import type { Update } from '../../packages/spec/src/index.js'
import { bin, type Project } from './project.js'
import { type Background, start } from './run.js'

/** A `tiltts dev` that runs, and its API. */
export interface Dev extends Background {
  readonly client: Client
  readonly endpoint: Endpoint
  /** The next update of the resource to end, whenever it began. Rejects when it fails. */
  nextUpdate(resource: string): Promise<Update>
}

/** Starts `tiltts dev` in a project, with more flags. */
export async function startDev(
  project: Project,
  env: NodeJS.ProcessEnv = {},
  flags: readonly string[] = [],
): Promise<Dev> {
  const options = { cwd: project.folder, env: { ...project.env, ...env } }
  const dev = start([process.execPath, bin, 'dev', '--port', '0', ...flags], options)
  const endpoint = await endpointOf(project)
  const client = createClient(endpoint)
  const controller = new AbortController()
  let waiting: { resource: string; resolve: (update: Update) => void; reject: (error: Error) => void }[] = []
  const follow = async (): Promise<void> => {
    const ended = new Set<string>()
    for await (const { object } of client.watch('Update', { signal: controller.signal })) {
      const { metadata, spec, status } = object
      if (status.finishTime === undefined || ended.has(metadata.name)) continue
      ended.add(metadata.name)
      const told = waiting.filter(({ resource }) => resource === spec.resource)
      waiting = waiting.filter((one) => !told.includes(one))
      const failure = new Error(`${metadata.name} ${status.phase}: ${status.error}\n${dev.output()}`)
      for (const { resolve, reject } of told) status.phase === 'succeeded' ? resolve(object) : reject(failure)
    }
  }
  const following = follow().catch((error: Error) => {
    for (const { reject } of waiting) reject(error)
  })
  return {
    ...dev,
    client,
    endpoint,
    nextUpdate: (resource) => new Promise((resolve, reject) => waiting.push({ resource, resolve, reject })),
    async stop() {
      controller.abort()
      await following
      await dev.stop()
    },
  }
}

/** Of the session that has just been started there. */
async function endpointOf(project: Project): Promise<Endpoint> {
  const folder = project.env['TILT_DEV_DIR'] ?? ''
  for (const until = performance.now() + 20_000; performance.now() < until; ) {
    const file = filesOf(join(folder, 'sessions')).find((name) => name.endsWith('.json'))
    if (file !== undefined) {
      const token = readFileSync(join(folder, 'token'), 'utf8')
      return { host: 'localhost', port: Number(file.replace('.json', '')), token }
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`no session in ${folder}`)
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
