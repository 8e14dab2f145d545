type Env = Readonly<Record<string, string>>

const choices = ['DOCKER_HOST', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH']

/** Whether the docker command ended since it cannot tell which engine is meant: a context or a certificate that is not there. */
export function hasNoEngine(stderr: string): boolean {
  return /unable to resolve docker endpoint/.test(stderr)
}

/**
 * The same environment with the default engine: to read files no engine is asked, and what is wrong with the one that is
 * meant is told by who connects to it. The environment itself when it is so already.
 */
export function withoutEngine(env: Env): Env {
  if (env['DOCKER_CONTEXT'] === 'default' && !choices.some((name) => name in env)) return env
  const others = Object.entries(env).filter(([name]) => !choices.includes(name))
  return { ...Object.fromEntries(others), DOCKER_CONTEXT: 'default' }
}
