import { ApiFailure } from '@tiltts/client'
import { exitCode } from '../cli/command.js'

/**
 * Does something with one object after the other; what the session refuses is said on stderr, and does not keep the others
 * from being done. @returns the exit code: that of the first refusal
 */
export async function eachObject<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<number> {
  let code: number = exitCode.ok
  for (const item of items) {
    try {
      await act(item)
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      const refused = sayRefusal(error)
      if (code === exitCode.ok) code = refused
    }
  }
  return code
}

/** Says on stderr what the session refused, in kubectl's words, by which programs know it. @returns the exit code */
export function sayRefusal({ code, reason, message }: ApiFailure): number {
  process.stderr.write(`Error from server${reason === '' ? '' : ` (${reason})`}: ${message}\n`)
  return code === 404 ? exitCode.noResource : exitCode.failed
}
