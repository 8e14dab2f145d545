import { cleanPath } from '@tiltts/core/paths'

/** A folder that stands by itself, on this machine: of a relative one and the folder that it is relative to. */
export function absoluteDir(folder: string, dir: string): string {
  if (dir === '') return folder
  return /^(\/|\\|[a-z]:)/i.test(dir) ? dir : cleanPath(`${folder}/${dir}`)
}
