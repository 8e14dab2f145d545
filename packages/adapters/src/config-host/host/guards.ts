import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import type { Place } from '@tiltts/spec'
import type { LastDeed } from '../protocol.js'
import { placesOf } from './places.js'

/** Thrown in place of ending the process. */
export class ProcessExitError extends Error {
  /** As it was called: `process.exit(1)`. */
  readonly call: string
  constructor(call: string) {
    super(`${call} was called`)
    this.name = 'ProcessExitError'
    this.call = call
  }
}

// The ends of a process, from before a config could reach them.
const { exit, reallyExit } = process as NodeJS.Process & { reallyExit: (code?: number) => never }

export function realExit(code: number): never {
  Object.assign(process, { reallyExit })
  return exit.call(process, code)
}

export interface GuardSinks {
  readonly onExit: (error: ProcessExitError) => void
  /** Told before a deed that may be the last one, and with `undefined` when it was not. */
  readonly onDeed: (deed: LastDeed | undefined, places: readonly Place[]) => void
}

/**
 * Keeps a config from ending the host, and has the place of what cannot be stopped told beforehand:
 * once the process is dead or blocked, nobody can ask it.
 */
export function installGuards({ onExit, onDeed }: GuardSinks): void {
  const refuse = (name: string) => (code?: number | string | null) => {
    const error = new ProcessExitError(`${name}(${code ?? ''})`)
    onExit(error)
    throw error
  }
  process.exit = refuse('process.exit')
  Object.assign(process, { reallyExit: refuse('process.reallyExit') })

  const { kill, abort } = process
  process.kill = (pid, signal) => {
    const self = pid === process.pid || pid === 0 || pid === -process.pid
    if (self && signal !== 0) onDeed('process.kill', placesOf(new Error('process.kill')))
    return kill.call(process, pid, signal)
  }
  process.abort = () => {
    onDeed('process.abort', placesOf(new Error('process.abort')))
    return abort.call(process)
  }

  // These block until their command has ended, and nothing can look inside meanwhile.
  for (const name of ['execSync', 'execFileSync', 'spawnSync'] as const) {
    const run = childProcess[name] as (...args: unknown[]) => unknown
    Object.assign(childProcess, {
      [name](...args: unknown[]): unknown {
        onDeed('spawnSync', placesOf(new Error(name)))
        try {
          return run.apply(childProcess, args)
        } finally {
          onDeed(undefined, [])
        }
      },
    })
  }
  syncBuiltinESMExports()
}
