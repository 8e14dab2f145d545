import { helperPath } from './helper-paths.js'

export interface WrapOptions {
  /** What the end of the process means: the end of the container, or waiting for the next restart. @default 'end' */
  readonly onExit?: 'end' | 'stay' | undefined
  /** SIGTERM to SIGKILL at a restart, in milliseconds. @default 2000 */
  readonly graceMs?: number | undefined
}

/**
 * The command of a container with the helper in front, which can then start it again while the container stays.
 *
 * @param argv the image's ENTRYPOINT and CMD, or what takes their place; not empty
 * @example wrapArgv(['node', 'server.js'], { onExit: 'stay' }) // ENTRYPOINT of the image's last layer
 */
export function wrapArgv(argv: readonly string[], options: WrapOptions = {}): readonly string[] {
  const flags = [
    ...(options.onExit === undefined ? [] : [`--on-exit=${options.onExit}`]),
    ...(options.graceMs === undefined ? [] : [`--grace=${options.graceMs}ms`]),
  ]
  return [helperPath, 'wrap', ...flags, '--', ...argv]
}

/**
 * The command to run inside a container, with stdin and stdout kept open, for `openHelperChannel`.
 *
 * @param target another container that shares its processes with this one, whose files it is about: the number of its main
 * process, or its id. The agent has to run as the user of that process; it ends with it.
 */
export function agentArgv(target?: string): readonly string[] {
  return [helperPath, 'agent', ...(target === undefined ? [] : [`--target=${target}`])]
}

/** Prints `uid gid ok` of such a target, or in place of `ok` the system's code why its files cannot be had. */
export function lookArgv(target: string): readonly string[] {
  return [helperPath, 'look', `--target=${target}`]
}

/** The command of a container that is there for agents of other containers alone. */
export function idleArgv(): readonly string[] {
  return [helperPath, 'idle']
}
