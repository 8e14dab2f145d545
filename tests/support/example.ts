import { execFileSync } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { builtImages, type ExampleProject, exampleProject, lines, removeImages } from './example-project.js'
import { type RunningTiltts, runTiltts } from './tiltts.js'

/** A copy of an example of compose. */
export interface Example extends ExampleProject {
  /** Ctrl-C, then `down`: neither leaves a process or a container behind that it should not. */
  end(dev: RunningTiltts): Promise<void>
  /** Ids of the running containers of a service. */
  containers(service: string): readonly string[]
  /** When the container of a service was started; a restart of it is another time. */
  startedAt(service: string): string
  /** Runs a command in the container of a service. */
  inside(service: string, ...command: string[]): string
}

/**
 * Copies the example in a folder to a project of its own: with another compose project name, and with 1 before each
 * published port (8101 becomes 18101). Its containers, network and images are gone when the test has finished.
 */
export function exampleCopy(folder: string): Example {
  const project = exampleProject(folder)
  const compose = project.read('compose.yaml')
  const name = `${/^name: (\S+)/m.exec(compose)?.[1]}-test`
  project.write('compose.yaml', compose.replace(/^name: .*/m, `name: ${name}`).replaceAll(/"(\d{4}):/g, '"1$1:'))
  const images = builtImages(project.read('tilt.config.ts'))
  onTestFinished(async () => {
    await runTiltts(project, ['down'])
    removeImages(images.map((ref) => `${ref}:*`))
  })

  const all = (...filters: string[]): readonly string[] =>
    lines('docker', 'ps', '-q', '--no-trunc', '--filter', `label=com.docker.compose.project=${name}`, ...filters)
  const containers = (service: string): readonly string[] =>
    all('--filter', `label=com.docker.compose.service=${service}`)
  return {
    ...project,
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
  }
}
