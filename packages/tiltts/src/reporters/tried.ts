import { isSystemError } from '../system-error.js'

/** Writes something. The sentence that says why the system did not let it; `undefined` when it did. */
export async function tried(what: string, path: string, write: () => Promise<void>): Promise<string | undefined> {
  try {
    await write()
    return undefined
  } catch (error) {
    if (!isSystemError(error)) throw error
    return `The ${what} could not be written to ${path}: ${error.message}`
  }
}
