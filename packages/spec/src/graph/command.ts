/** A function of the config, kept in the config host and called by its id. */
export interface FunctionRef {
  /** Made of the place in the graph: `local:codegen/cmd`, `probe:api/check`. */
  readonly $fn: string
  /** Hash of the function's source and of what it can reach. Same hash: the same after a reload. */
  readonly hash: string
}

/** A command as the engine runs it: argv without a shell (a shell command is `['sh', '-c', text]`), or a function. */
export type CommandSpec = ArgvCommand | FunctionCommand

export interface ArgvCommand {
  readonly argv: readonly string[]
  /** How people wrote it, for logs. */
  readonly display: string
}

export interface FunctionCommand {
  readonly fn: FunctionRef
  readonly display: string
}

/** Whether the command is a function of the config. */
export function isFunctionCommand(command: CommandSpec): command is FunctionCommand {
  return 'fn' in command
}
