import { readdirSync } from 'node:fs'
import { isGone } from './system-error.js'

/** Names of what is in a folder; none when it is gone meanwhile. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (isGone(error)) return []
    throw error
  }
}
