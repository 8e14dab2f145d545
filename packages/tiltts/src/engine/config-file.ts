import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const names = ['tilt.config.ts', 'tilt.config.mts', 'tilt.config.js', 'tilt.config.mjs'] as const

/** The config that is meant: the one named, else the first that is there; when none is, the name it should have. Absolute. */
export function configFile(named: string | undefined, cwd: string): string {
  if (named !== undefined) return resolve(cwd, named)
  const found = names.find((name) => existsSync(resolve(cwd, name)))
  return resolve(cwd, found ?? names[0])
}
