// Runs the pinned pnpm on a machine that has only Node and npm, and installs when the lockfile changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Runs a package of the registry; there on every machine that has npm. */
export const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx'
/** The pinned pnpm: `pnpm@10.…`. */
export const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Runs pnpm with the arguments; ends this process when it fails. */
export function pnpm(...args) {
  run(npx, ['--yes', packageManager, ...args])
}

/** Runs a command in the root; ends this process with its exit code when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
  })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

/** Installs the dependencies, unless those of this very lockfile are there already. */
export function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex')
  const stamp = join(root, 'node_modules', '.tiltts-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  pnpm('install', '--frozen-lockfile')
  writeFileSync(stamp, lock)
}
