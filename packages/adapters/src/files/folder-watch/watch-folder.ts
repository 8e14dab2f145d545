import { watch } from 'node:fs'
import type { WatchFolder } from './folder.js'

/** One folder by `fs.watch`, which on Linux is one watch of inotify. */
export const watchFolder: WatchFolder = (path, onEvent) => {
  const watcher = watch(path, (event, name) => {
    if (name !== null) onEvent(event === 'rename', name)
  })
  // The folder went away: its parent, or whoever waits for it, is told by an event of its own.
  watcher.on('error', () => watcher.close())
  return watcher
}
