import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { onTestFinished } from 'vitest'
import { until } from './processes.js'
import { type TempProject, tempProject } from './temp-project.js'
import { type RunningTiltts, runTiltts, startTiltts } from './tiltts.js'

/** A copy of an example that a test may edit and run. */
export interface Example extends TempProject {
  read(name: string): string
  /** Writes a file anew with a text replaced, which must be there. */
  edit(name: string, from: string, to: string): void
  /** Runs `tiltts ci` and gives what it printed; rejects when it fails. */
  ci(): Promise<string>
  /** Starts `tiltts dev` and waits until all is ready. */
  dev(): Promise<RunningTiltts>
  /** Ctrl-C, then `down`: neither leaves a process or a container behind that it should not. */
  end(dev: RunningTiltts): Promise<void>
  /** Ids of the running containers of a service. */
  containers(service: string): readonly string[]
  /** When the container of a service was started; a restart of it is another time. */
  startedAt(service: string): string
  /** Runs a command in the container of a service. */
  inside(service: string, ...command: string[]): string
  /** Waits until a service answers with a text. The port is the one in the compose file. */
  answers(port: number, text: string, path?: string): Promise<void>
}

/**
 * Copies the example in a folder to a project of its own: with another compose project name, and with 1 before each
 * published port (8101 becomes 18101). Its containers, network and images are gone when the test has finished.
 */
export function exampleCopy(folder: string): Example {
  const project = tempProject({})
  const own = new Set(['node_modules', '.tiltts', 'example.test.ts', 'README.md'])
  cpSync(folder, project.folder, { recursive: true, filter: (path) => !own.has(basename(path)) })
  const read = (name: string): string => readFileSync(project.path(name), 'utf8')
  const compose = read('compose.yaml')
  const name = `${/^name: (\S+)/m.exec(compose)?.[1]}-test`
  project.write('compose.yaml', compose.replace(/^name: .*/m, `name: ${name}`).replaceAll(/"(\d{4}):/g, '"1$1:'))
  const images = [...read('tilt.config.ts').matchAll(/Build\(\s*'([^']+)'/g)].flatMap(([, ref]) => ref ?? [])
  onTestFinished(async () => {
    await runTiltts(project, ['down'])
    const made = images.flatMap((ref) => lines('docker', 'images', '-q', '--filter', `reference=${ref}:*`))
    if (made.length > 0) lines('docker', 'image', 'rm', '--force', ...new Set(made))
  })

  const all = (...filters: string[]): readonly string[] =>
    lines('docker', 'ps', '-q', '--no-trunc', '--filter', `label=com.docker.compose.project=${name}`, ...filters)
  const containers = (service: string): readonly string[] =>
    all('--filter', `label=com.docker.compose.service=${service}`)
  return {
    ...project,
    read,
    edit(path, from, to) {
      const text = read(path)
      if (!text.includes(from)) throw new Error(`${path} has no '${from}':\n${text}`)
      project.write(path, text.replaceAll(from, to))
    },
    async ci() {
      const { code, stdout, stderr } = await runTiltts(project, ['ci'])
      if (code !== 0) throw new Error(`ci ended with ${code}:\n${stdout}\n${stderr}`)
      return stdout
    },
    async dev() {
      const dev = startTiltts(project, ['dev'])
      await dev.printed(/resources? (is|are) ready/, 60_000)
      return dev
    },
    async end(dev) {
      dev.signal('SIGINT')
      const { code } = await dev.finished
      if (code !== 130) throw new Error(`dev ended with ${code}`)
      if (all().length === 0) throw new Error('containers were stopped with dev')
      const down = await runTiltts(project, ['down'])
      if (down.code !== 0 || all('--all').length > 0) throw new Error(`down (${down.code}): ${down.stderr}`)
    },
    containers,
    startedAt: (service) =>
      lines('docker', 'inspect', '--format', '{{.State.StartedAt}}', ...containers(service)).join(),
    inside: (service, ...command) =>
      execFileSync('docker', ['exec', containers(service)[0] ?? '', ...command], { encoding: 'utf8' }),
    async answers(port, text, path = '/') {
      const url = `http://127.0.0.1:${10_000 + port}${path}`
      let last = ''
      const isSo = async (): Promise<boolean> => {
        last = await fetch(url).then(
          (response) => response.text(),
          (error: unknown) => String(error),
        )
        return last === text
      }
      await until(`${url} answers ${JSON.stringify(text)}`, isSo, 20_000).catch((error: unknown) => {
        throw new Error(`it answers ${JSON.stringify(last)}`, { cause: error })
      })
    },
  }
}

function lines(command: string, ...args: string[]): readonly string[] {
  const text = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return text.split('\n').filter((line) => line !== '')
}
