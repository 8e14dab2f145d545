import type { AgentSockets } from './ssh.js'

/**
 * Reads what `docker build --ssh` takes: `default`, `id`, `id=socket`. Without a path it is SSH_AUTH_SOCK.
 *
 * @throws Error which says what is missing
 */
export function agentSockets(texts: readonly string[], env: Readonly<Record<string, string>>): AgentSockets {
  return new Map(
    texts.map((text) => {
      const [id = 'default', path = env['SSH_AUTH_SOCK']] = text.split(/=(.*)/s)
      if (path === undefined || path === '')
        throw new Error(
          `ssh: '${id}' asks for an SSH agent, and SSH_AUTH_SOCK is not set. Start one: eval $(ssh-agent)`,
        )
      return [id, path]
    }),
  )
}
