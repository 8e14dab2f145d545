import { lstatSync, type Stats, statSync } from 'node:fs'

/** The stats of the path itself; undefined when it is not there or may not be looked at. */
export function linkStats(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    // A path that may not be looked at is as good as absent: its folder reports that it may not be read.
    return undefined
  }
}

/** The stats of what the path leads to, through symbolic links. */
export function targetStats(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    // A loop of links, or a folder above that may not be entered: nothing is there for us.
    return undefined
  }
}
