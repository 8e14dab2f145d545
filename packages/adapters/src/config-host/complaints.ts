import type { Diagnostic, Place } from '@tiltts/spec'
import type { HostExit } from './host-process.js'
import type { LastDeed } from './protocol.js'

/** What the engine has to say about a host itself; the config's own mistakes are told by the host. */

export interface Deed {
  readonly call: number
  readonly deed: LastDeed
  readonly places: readonly Place[]
}

export const canceled: Diagnostic = {
  code: 'config/canceled',
  severity: 'error',
  message: 'build canceled',
  places: [],
}

export function blocked(limitMs: number, places: readonly Place[], deed: Deed | undefined): Diagnostic {
  return {
    code: 'config/blocked',
    severity: 'error',
    message: `The config blocked its event loop for ${seconds(limitMs)}`,
    places,
    hint:
      deed?.deed === 'spawnSync'
        ? 'Use `await exec(…)` in place of execSync and the like: waiting for it blocks nothing'
        : 'Look for an endless or very long loop at the place shown; awaiting blocks nothing',
  }
}

export function died(exit: HostExit, deed: Deed | undefined): Diagnostic {
  const cause = /out of memory/i.test(exit.lastWords)
    ? 'it ran out of memory'
    : deed?.deed === 'process.abort'
      ? 'it called process.abort()'
      : deed?.deed === 'process.kill'
        ? 'it killed itself with process.kill()'
        : undefined
  return {
    code: 'config/died',
    severity: 'error',
    message: `The process of the config ended before the config did: ${howItEnded(exit)}${cause === undefined ? '' : `, ${cause}`}`,
    places: deed?.places ?? [],
    hint:
      cause === 'it ran out of memory'
        ? 'Look for a list or a text that grows without end'
        : 'Look for what kills or crashes the process',
  }
}

export function neverStarted(exit: HostExit): Diagnostic {
  const words = exit.lastWords.trim()
  return {
    code: 'tiltts/bug',
    severity: 'error',
    message: `The process for the config could not be started: ${howItEnded(exit)}${words === '' ? '' : `\n${words}`}`,
    places: [],
  }
}

export function bug(message: string): Diagnostic {
  return { code: 'tiltts/bug', severity: 'error', message: `The config host failed: ${message}`, places: [] }
}

/** Complaints about functions. */
export const functionTimeout = (fnId: string, limitMs: number, places: readonly Place[]): Diagnostic => ({
  code: 'function/timeout',
  severity: 'error',
  message: `The function ${fnId} did not end within ${seconds(limitMs)}`,
  places,
})

export const functionBlocked = (fnId: string, limitMs: number, places: readonly Place[]): Diagnostic => ({
  code: 'function/blocked',
  severity: 'error',
  message: `The function ${fnId} blocked its event loop for ${seconds(limitMs)}`,
  places,
  hint: 'Await long work instead of computing in one piece',
})

export const functionStopped = (reason: string): Diagnostic => ({
  code: 'function/threw',
  severity: 'error',
  message: reason,
  places: [],
})

export const howItEnded = ({ code, signal }: Pick<HostExit, 'code' | 'signal'>): string =>
  signal === null ? `exit code ${code}` : signal

const seconds = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`)
