type Env = Readonly<Record<string, string>>

/** What programs look for and do not find when nobody sits at a terminal. */
const defaults: Env = { LINES: '24', COLUMNS: '80', PYTHONUNBUFFERED: '1' }

/**
 * The environment of all commands of a session: its own, then defaults for what it does not set.
 *
 * @param options.colour whether the output ends where colours are shown
 */
export function sessionEnv(own: Env, options: { readonly colour: boolean }): Env {
  const colour: Env = options.colour && own['NO_COLOR'] === undefined ? { FORCE_COLOR: '1' } : {}
  return { ...defaults, ...colour, ...own }
}

/** The whole environment of a command: the session's, with the command's own `NAME=value` lines on top. */
export function commandEnv(session: Env, lines: readonly string[]): Record<string, string> {
  const env = { ...session }
  for (const line of lines) {
    const end = line.indexOf('=')
    if (end > 0) env[line.slice(0, end)] = line.slice(end + 1)
  }
  return env
}
