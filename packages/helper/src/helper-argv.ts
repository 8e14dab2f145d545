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

/** The command to run inside a container, with stdin and stdout kept open, for `openHelperChannel`. */
export function agentArgv(): readonly string[] {
  return [helperPath, 'agent']
}
