import type { ParseArgsConfig } from 'node:util'

/** One flag, as `node:util` parses it, with what `help` says of it. */
export interface Flag {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** Shown for the value: `<duration>`. */
  readonly value?: string
  readonly help: string
}

export type Flags = Readonly<Record<string, Flag>>

/** What the user gave: flags by name, the plain words, and what stood after `--`. */
export interface Invocation {
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  readonly words: readonly string[]
  readonly rest: readonly string[]
}

/** A command, in a file of its own that is loaded when it is called. */
export interface Command {
  /** After the name: `[names…] [-- args…]`. */
  readonly usage: string
  readonly summary: string
  /** More for `help <command>`. */
  readonly details?: string
  readonly flags: Flags
  /** Whether what follows these words is handed on as it stands, flags and all, in `rest`: the argv of another program. */
  readonly handsOnAfter?: (words: readonly string[]) => boolean
  /** Resolves to the exit code. */
  run(invocation: Invocation): Promise<number>
}

/** Exit codes, the same for all commands. */
export const exitCode = {
  ok: 0,
  /** A resource failed or timed out. */
  failed: 1,
  /** Usage or config error. */
  usage: 2,
  noSession: 3,
  noResource: 4,
  interrupted: 130,
} as const

/** Flags in the form that `parseArgs` of Node takes. */
export function parseOptions(flags: Flags): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) },
    ]),
  )
}
