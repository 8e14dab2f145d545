import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { until } from '../support/processes.js'
import { type RunningTiltts, startTiltts } from '../support/tiltts.js'
import { type ClusterProject, clusterProject } from './cluster-project.js'

export interface LivePods {
  /** Steps of the live update, as the config has them. Paths begin with `api/`. */
  readonly steps: string
  /** Of the folder `api`, which is the context of the image. */
  readonly files: Readonly<Record<string, string>>
  /** @default 1 */
  readonly replicas?: number
  /** What its containers have beside name and image. @default one, `main` */
  readonly containers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** What the pods have beside containers. */
  readonly pod?: Readonly<Record<string, unknown>>
  /** More lines of the config. */
  readonly more?: string
}

export interface LivePodsWorld {
  readonly project: ClusterProject
  dev(): RunningTiltts
  /** Starts a session, and waits until its pods are ready. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Below `api`. */
  write(name: string, text: string): void
  remove(name: string): void
  /** Names of the pods that stay, sorted. */
  pods(): Promise<readonly string[]>
  /** What a command prints in a container of a pod; '' when it fails. */
  sh(script: string, container?: string, pod?: string): Promise<string>
  /** Waits until all containers of all pods print that. */
  all(script: string, printed: string, timeoutMs?: number): Promise<void>
  /** All files of a folder below `api` with their texts, as `listingScript` prints those of a container. */
  listing(folder: string): string
}

/** Prints all files below a folder of a container with their texts. */
export const listingScript = (folder: string): string =>
  `cd ${folder} && find . -type f | sort | while read -r f; do echo "$f $(cat "$f")"; done`

/** A Deployment `api` of an image that is live-updated, in a namespace of its own. All of it is gone after the test. */
export async function livePods(given: LivePods): Promise<LivePodsWorld> {
  const { steps, replicas = 1, containers = { main: {} }, pod = {}, more = '' } = given
  const listed = Object.entries(containers).map(([name, rest]) => ({ name, image: 'IMAGE', ...rest }))
  const project = await clusterProject(
    `
import { dockerBuild, fallBackOn, initialSync, k8sResource, k8sYaml, run, sync } from 'tiltts'
dockerBuild('IMAGE', 'api', { liveUpdate: [${steps}] })
const labels = { app: 'api' }
k8sYaml({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api' },
  spec: {
    replicas: ${replicas},
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { terminationGracePeriodSeconds: 1, containers: ${JSON.stringify(listed)}, ...${JSON.stringify(pod)} },
    },
  },
})
${more}
`,
    Object.fromEntries(Object.entries(given.files).map(([name, text]) => [`api/${name}`, text])),
  )
  let session: RunningTiltts | undefined
  const world: LivePodsWorld = {
    project,
    dev() {
      if (session === undefined) throw new Error('no session was started')
      return session
    },
    async start() {
      session = startTiltts(project, ['dev', '--namespace', project.namespace, '--port', '0', '--stream'])
      await session.printed(/is ready|All \d+ resources are ready/, 90_000)
    },
    async stop() {
      session?.signal('SIGINT')
      await session?.finished
    },
    write: (name, text) => project.write(`api/${name}`, text),
    remove: (name) => rmSync(project.path(`api/${name}`), { recursive: true }),
    async pods() {
      const each = '{range .items[*]}{.metadata.name}{" "}{.metadata.deletionTimestamp}{"\\n"}{end}'
      const lines = (await project.kubectl('get', 'pods', '-o', `jsonpath=${each}`)).split('\n')
      return lines.flatMap((line) => /^(\S+) *$/.exec(line)?.[1] ?? []).toSorted()
    },
    async sh(script, container = 'main', named) {
      const name = named ?? (await world.pods())[0] ?? ''
      return await output('kubectl', ['-n', project.namespace, 'exec', name, '-c', container, '--', 'sh', '-c', script])
    },
    async all(script, printed, timeoutMs = 20_000) {
      let seen = ''
      try {
        await until(
          `${script} prints ${printed}`,
          async () => {
            const names = await world.pods()
            const told = await Promise.all(
              names.flatMap((name) => Object.keys(containers).map((one) => world.sh(script, one, name))),
            )
            seen = told.find((text) => text !== printed) ?? ''
            return told.length === replicas * listed.length && told.every((text) => text === printed)
          },
          timeoutMs,
        )
      } catch (error) {
        throw new Error(`${String(error)}\nseen: ${seen}\n${session?.stdout().slice(-3_000)}`)
      }
    },
    listing: (folder) =>
      readdirSync(project.path(`api/${folder}`), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`)
        .map((path) => [`.${path.slice(project.path(`api/${folder}`).length)}`, readFileSync(path, 'utf8')] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, text]) => `${name} ${text}`)
        .join('\n'),
  }
  onTestFinished(world.stop)
  return world
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  await new Promise((resolve) => child.once('close', resolve))
  return text.trim()
}
