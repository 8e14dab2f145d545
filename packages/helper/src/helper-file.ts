import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { BugError } from '@tiltts/spec'

/** The processors that there is a helper for. */
export type HelperArch = 'amd64' | 'arm64'

// Beside the bundle of the command line, or in this package.
const folders: readonly URL[] = ['./helper/', '../bin/'].map((path) => new URL(path, import.meta.url))

function fileOf(name: string): string {
  const paths = folders.map((folder) => fileURLToPath(new URL(name, folder)))
  const found = paths.find((path) => existsSync(path))
  if (found === undefined)
    throw new BugError(`the container helper is missing in this installation: ${paths.join(', ')}`)
  return found
}

/** Absolute path of the helper's program for Linux. Whoever copies it makes it executable: packages may lose the mode. */
export function helperFile(arch: HelperArch): string {
  return fileOf(`linux-${arch}`)
}

/** SHA-256 of that file, in hex. */
export function helperChecksum(arch: HelperArch): string {
  const sums = readFileSync(fileOf('SHA256SUMS'), 'utf8')
  const sum = new RegExp(`^([0-9a-f]{64})\\s+linux-${arch}\\s*$`, 'm').exec(sums)?.[1]
  if (sum === undefined) throw new BugError(`no checksum of the container helper for ${arch}`)
  return sum
}
