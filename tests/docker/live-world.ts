import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { createClient } from '../../packages/client/src/index.js'
import type { Update, UpdateStatus } from '../../packages/spec/src/index.js'
import { until } from '../support/processes.js'
import { root, type TempProject, tempProject } from '../support/temp-project.js'
import { type RunningTiltts, runTiltts, startTiltts } from '../support/tiltts.js'

const run = promisify(execFile)

/** What the docker command prints. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', [...args], { maxBuffer: 64 * 1024 * 1024 })
  return stdout.trim()
}

/** Runs until it is told to end, which it does at once. */
export const waits = 'trap exit TERM; while :; do sleep 1 & wait; done'

export interface LiveProject {
  /** Of the folder `app`, which is the context of the image; with its `Dockerfile`. */
  readonly files: Readonly<Record<string, string>>
  /** The steps of the live update, as the config has them. */
  readonly steps: string
  /** What else the image has, as the config has it. */
  readonly image?: string
  /** In place of `dockerBuild`. `REF` stands for the image, `STEPS` for the live update. */
  readonly build?: string
  /** What the service has beside its image. */
  readonly service?: Readonly<Record<string, unknown>>
  /** What the compose file has beside its services. */
  readonly compose?: Readonly<Record<string, unknown>>
  /** Links, by name, to where they lead. */
  readonly links?: Readonly<Record<string, string>>
  /** Puts more into the folder `app`. */
  readonly prepare?: (folder: string) => void
  /** Names imported from elsewhere than `tiltts`. */
  readonly imports?: string
  /** @default true */
  readonly start?: boolean
}

export interface LiveWorld {
  readonly project: TempProject
  readonly name: string
  readonly ref: string
  /** The session that runs now. */
  dev(): RunningTiltts
  start(): Promise<void>
  stop(): Promise<void>
  /** Below `app`. */
  write(name: string, text: string, mode?: number): void
  remove(name: string): void
  move(from: string, to: string): void
  link(name: string, target: string): void
  local(name: string): string
  /** The full ids of its containers, by number. */
  containers(): Promise<readonly string[]>
  container(): Promise<string>
  /** A text of the container, by the engine; `undefined`: no such file. */
  text(path: string, container?: string): Promise<string | undefined>
  /** What a command in the container prints. */
  sh(script: string): Promise<string>
  holds(path: string, text: string | undefined, container?: string): Promise<void>
  /** Changes something, and waits until an update that came of it has ended. */
  edited(change: () => void): Promise<void>
  /** What became of the updates so far, the oldest first. */
  updates(): Promise<readonly UpdateStatus[]>
  /** The files of a folder below `app` with their texts, a line each, in the order of their numbers. */
  listing(folder: string): string
  /** How often the session has said so. */
  said(text: RegExp | string): number
}

/** A session of `tiltts dev` on the engine of this machine, with one service `app`, and all of it gone after the test. */
export async function liveWorld(given: LiveProject): Promise<LiveWorld> {
  const name = `tiltts-live-${randomBytes(4).toString('hex')}`
  const ref = `${name}/app`
  const steps = `[${given.steps}]`
  const build =
    given.build?.replace('REF', `'${ref}'`).replaceAll('STEPS', steps) ??
    `dockerBuild('${ref}', './app', { liveUpdate: ${steps}, ${given.image ?? ''} })`
  const project = tempProject({
    'tilt.config.ts': [
      "import { customBuild, dcResource, dockerBuild, dockerCompose, fallBackOn, initialSync, restartContainer, restartProcess, run, sync } from 'tiltts'",
      given.imports ?? '',
      "dockerCompose('./compose.yaml')",
      build,
      '',
    ].join('\n'),
    'compose.yaml': JSON.stringify({
      name,
      services: { app: { image: ref, stop_grace_period: '3s', ...given.service } },
      ...given.compose,
    }),
  })
  for (const [file, text] of Object.entries(given.files)) project.write(`app/${file}`, text)
  for (const [link, target] of Object.entries(given.links ?? {})) symlinkSync(target, project.path(`app/${link}`))
  given.prepare?.(project.path('app'))
  if (given.imports?.includes('@tiltts/extensions')) {
    mkdirSync(project.path('node_modules/@tiltts'), { recursive: true })
    symlinkSync(join(root, 'packages/extensions'), project.path('node_modules/@tiltts/extensions'))
  }
  let dev: RunningTiltts | undefined

  onTestFinished(async () => {
    if (dev !== undefined) {
      dev.signal('SIGINT')
      await dev.finished
    }
    await runTiltts(project, ['down'])
    await docker('compose', '--project-name', name, 'down', '--volumes', '--timeout', '0')
    const images = await docker('images', '--quiet', '--filter', `reference=${name}/*`)
    if (images !== '') await docker('rmi', '--force', ...new Set(images.split('\n')))
  })

  const world: LiveWorld = {
    project,
    name,
    ref,
    dev() {
      if (dev === undefined) throw new Error('no session was started')
      return dev
    },
    async start() {
      const session = startTiltts(project, ['dev'])
      dev = session
      await session.printed(/1 resource is ready|ERROR/, 60_000)
      if (!session.stdout().includes('is ready')) throw new Error(`${session.stdout()}\n${session.stderr()}`)
    },
    async stop() {
      dev?.signal('SIGINT')
      await dev?.finished
    },
    write(file, text, mode) {
      project.write(`app/${file}`, text)
      if (mode !== undefined) chmodSync(project.path(`app/${file}`), mode)
    },
    remove: (file) => rmSync(project.path(`app/${file}`), { recursive: true }),
    move: (from, to) => renameSync(project.path(`app/${from}`), project.path(`app/${to}`)),
    link: (file, target) => symlinkSync(target, project.path(`app/${file}`)),
    local: (file) => project.path(`app/${file}`),
    async containers() {
      const ids = await docker('ps', '-q', '--no-trunc', '--filter', `label=com.docker.compose.project=${name}`)
      return ids === '' ? [] : ids.split('\n').toReversed()
    },
    async container() {
      const [id = ''] = await world.containers()
      return id
    },
    async text(path, container) {
      const id = container ?? (await world.container())
      return await textOf(id, path)
    },
    sh: async (script) => docker('exec', await world.container(), 'sh', '-c', script),
    holds: (path, text, container) =>
      until(`${path} holds ${text}`, async () => (await world.text(path, container)) === text, 15_000),
    updates: async () => (await updatesOf(world)).map(({ status }) => status),
    async edited(change) {
      const ended = async (): Promise<number> => {
        const last = (await updatesOf(world)).findLast(({ status }) => hasEnded.has(status.phase))
        return last === undefined ? 0 : numberOf(last)
      }
      const before = await ended()
      change()
      await until('an update has ended', async () => (await ended()) > before, 20_000)
    },
    listing: (folder) =>
      readdirSync(project.path(`app/${folder}`))
        .toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
        .map((file) => `${file} ${readFileSync(project.path(`app/${folder}/${file}`), 'utf8')}`)
        .join('\n'),
    said(text) {
      const all = `${dev?.stdout()}\n${dev?.stderr()}`
      return all.split(text).length - 1
    },
  }
  if (given.start !== false) await world.start()
  return world
}

const hasEnded: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled'])

function numberOf({ metadata }: Update): number {
  return Number(/\d+$/.exec(metadata.name)?.[0])
}

/** The newest ten, the oldest of them first. */
async function updatesOf({ project, dev }: Pick<LiveWorld, 'project' | 'dev'>): Promise<readonly Update[]> {
  const port = Number(/http:\/\/localhost:(\d+)/.exec(dev().stdout())?.[1])
  const token = readFileSync(join(String(project.env['TILT_DEV_DIR']), 'token'), 'utf8').trim()
  const updates = await createClient({ host: '127.0.0.1', port, token }).list('Update')
  return updates.toSorted((a, b) => numberOf(a) - numberOf(b))
}

/** By the engine's archive, so that no process starts in the container. */
async function textOf(container: string, path: string): Promise<string | undefined> {
  const copy = spawn('sh', ['-c', 'docker cp "$1" - | tar -xO', 'sh', `${container}:${path}`])
  let out = ''
  let err = ''
  copy.stdout.setEncoding('utf8').on('data', (text) => {
    out += text
  })
  copy.stderr.setEncoding('utf8').on('data', (text) => {
    err += text
  })
  await new Promise((resolve) => copy.once('close', resolve))
  return err === '' ? out : undefined
}

/** The processes that were started in a container by others while something was done. */
export async function execsOf(container: string, act: () => Promise<void>): Promise<readonly string[]> {
  const since = await engineTime()
  await act()
  const until = await engineTime()
  const events = await docker(
    ...['events', '--since', since, '--until', until, '--filter', `container=${container}`],
    ...['--filter', 'event=exec_create', '--format', '{{.Action}}'],
  )
  return events === '' ? [] : events.split('\n')
}

const engineTime = (): Promise<string> => docker('info', '--format', '{{.SystemTime}}')
