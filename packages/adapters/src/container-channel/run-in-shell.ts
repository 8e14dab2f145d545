import type { OnOutput, ShellEnd } from './shell.js'

/** A command in the shell of a container; `undefined`: its image has none. */
export type RunInShell = (argv: readonly string[], onOutput: OnOutput) => Promise<ShellEnd | undefined>
