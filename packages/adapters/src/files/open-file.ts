import { open } from 'node:fs'
import { isGone } from './system-error.js'

/** Opens a file for reading; `undefined` when it is gone meanwhile. Whoever asked closes it. */
export function openFile(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    open(path, (error, handle) => {
      if (error === null) resolve(handle)
      else if (isGone(error)) resolve(undefined)
      else reject(error)
    })
  })
}
