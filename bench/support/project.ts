import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atEnd } from './cleanup.js'

/** The repository's root. */
export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
/** The command line as it ships. */
export const bin: string = join(root, 'packages/tiltts/bundle/bin.js')

export interface Project {
  readonly folder: string
  /** Environment that keeps all state of tiltts inside the project. */
  readonly env: NodeJS.ProcessEnv
  remove(): void
}

/** A folder with these files, of which `tilt.config.ts` can import 'tiltts'. */
export function createProject(files: Readonly<Record<string, string>>): Project {
  const folder = mkdtempSync(join(tmpdir(), 'tiltts-bench-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(join(root, 'packages/tiltts'), join(folder, 'node_modules/tiltts'))
  const state = mkdtempSync(join(tmpdir(), 'tiltts-bench-state-'))
  return {
    folder,
    env: { ...process.env, TILT_DEV_DIR: join(state, 'dev'), XDG_STATE_HOME: join(state, 'state'), NO_COLOR: '1' },
    remove: atEnd(() => {
      rmSync(folder, { recursive: true, force: true })
      rmSync(state, { recursive: true, force: true })
    }),
  }
}
