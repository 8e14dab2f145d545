import type { Endpoint } from './dial-target.js'

/** The user's own ssh, so that keys, jump hosts and aliases of its config hold: `ssh://user@host:port/path/of/a/socket`. */
export function sshEndpoint(text: string, from: string, bad: (why: string) => Error): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.hostname === '') throw bad('expected ssh://user@host')
  if (url.password !== '') throw bad('a password cannot be in it; ssh asks for it, or use a key')
  const user = url.username ? ['-l', decodeURIComponent(url.username)] : []
  const port = url.port ? ['-p', url.port] : []
  const socket = url.pathname === '/' || url.pathname === '' ? [] : ['--host', `unix://${url.pathname}`]
  const options = ['-o', 'ConnectTimeout=30', '-T']
  const command = ['docker', ...socket, 'system', 'dial-stdio']
  const argv = ['ssh', ...options, ...user, ...port, '--', url.hostname, ...command]
  return { host: text, from, dial: { kind: 'command', argv } }
}
