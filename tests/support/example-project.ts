import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { until } from './processes.js'
import { type TempProject, tempProject } from './temp-project.js'
import { type RunningTiltts, runTiltts, startTiltts } from './tiltts.js'

/** A copy of an example that a test may edit and run, whatever it deploys to. */
export interface ExampleProject extends TempProject {
  read(name: string): string
  /** Writes a file anew with a text replaced, which must be there. */
  edit(name: string, from: string, to: string): void
  /** Runs `tiltts ci` and gives what it printed; rejects when it fails. */
  ci(): Promise<string>
  /** Starts `tiltts dev` and waits until all is ready. */
  dev(): Promise<RunningTiltts>
  /** Waits until a service answers with a text. The port is the one in the example. */
  answers(port: number, text: string, path?: string): Promise<void>
}

/** Copies the example in a folder to a project of its own, which listens on ports that are 10,000 above the example's. */
export function exampleProject(folder: string): ExampleProject {
  const project = tempProject({})
  const own = new Set(['node_modules', '.tiltts', 'example.test.ts', 'README.md'])
  cpSync(folder, project.folder, { recursive: true, filter: (path) => !own.has(basename(path)) })
  const read = (name: string): string => readFileSync(project.path(name), 'utf8')
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

/** Names of the images that a config builds. */
export function builtImages(config: string): readonly string[] {
  return [...config.matchAll(/Build\(\s*'([^']+)'/g)].flatMap(([, ref]) => ref ?? [])
}

/** Removes all images of this machine whose references match one of these patterns. */
export function removeImages(patterns: readonly string[]): void {
  const found = patterns.flatMap((pattern) => lines('docker', 'images', '-q', '--filter', `reference=${pattern}`))
  if (found.length > 0) lines('docker', 'image', 'rm', '--force', ...new Set(found))
}

/** What a command prints, line by line. */
export function lines(command: string, ...args: string[]): readonly string[] {
  const text = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return text.split('\n').filter((line) => line !== '')
}
