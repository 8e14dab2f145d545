import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The repository's root. */
export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
/** The command line as it ships. */
export const bin: string = join(root, 'packages/tiltts/bundle/bin.js')

export interface TempProject {
  readonly folder: string
  /** Keeps all state of tiltts inside a folder of its own. */
  readonly env: NodeJS.ProcessEnv
  write(name: string, text: string): void
  path(name: string): string
}

export interface ProjectOptions {
  /** Without `tiltts` to import. */
  readonly bare?: boolean
}

type Files = Readonly<Record<string, string>>

/** A folder outside the repository with these files; gone when the test has finished. `tiltts` can be imported unless `bare`. */
export function tempProject(files: Files, options: ProjectOptions = {}): TempProject {
  const { project, remove } = createProject(files, options)
  onTestFinished(remove)
  return project
}

/** The same, for more than one test: whoever makes it removes it. */
export function createProject(files: Files, options: ProjectOptions = {}): { project: TempProject; remove(): void } {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'tiltts-test-')))
  const folder = join(base, 'project')
  const path = (name: string): string => join(folder, name)
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true })
    writeFileSync(path(name), text)
  }
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) write(name, text)
  if (!options.bare) {
    mkdirSync(path('node_modules'), { recursive: true })
    symlinkSync(join(root, 'packages/tiltts'), path('node_modules/tiltts'))
  }
  const { TILT_PORT: _port, TILT_HOST: _host, FORCE_COLOR: _colour, ...inherited } = process.env
  const env = { ...inherited, TILT_DEV_DIR: join(base, 'dev'), XDG_STATE_HOME: join(base, 'state'), NO_COLOR: '1' }
  const remove = (): void => rmSync(base, { recursive: true, force: true, maxRetries: 5 })
  return { project: { folder, env, write, path }, remove }
}
