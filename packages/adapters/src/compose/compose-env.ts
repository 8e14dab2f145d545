/** The environment that Compose runs in: plain output, and no files but those it is given. */
export function composeEnv(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  // Its own way to name files would come on top.
  const { COMPOSE_FILE: _file, ...others } = env
  return {
    ...others,
    COMPOSE_ANSI: 'never',
    COMPOSE_PROGRESS: 'plain',
    BUILDKIT_PROGRESS: 'plain',
    COMPOSE_MENU: 'false',
    COMPOSE_IGNORE_ORPHANS: 'true',
    DOCKER_CLI_HINTS: 'false',
  }
}
