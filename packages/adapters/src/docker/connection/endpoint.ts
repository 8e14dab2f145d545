import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InfraError } from '@tiltts/spec'
import { configFolder, type Env, homeFolder, readDockerConfig } from './config-folder.js'
import { contextEndpoint } from './context.js'
import type { Endpoint } from './dial-target.js'
import { sshEndpoint } from './ssh-endpoint.js'
import { type TlsFiles, tlsFromFolder } from './tls-files.js'

/** What the user's environment and Docker config say, as the docker command reads them; the first that answers is meant. */
export async function findEndpoints(env: Env): Promise<readonly Endpoint[]> {
  const host = env['DOCKER_HOST']
  if (host) return [await endpointOf(host, 'DOCKER_HOST', await tlsFromEnv(env))]
  const context = env['DOCKER_CONTEXT'] || (await readDockerConfig(env)).currentContext
  if (context && context !== 'default') {
    const from = `the Docker context "${context}"`
    const { host, tls } = await contextEndpoint(configFolder(env), context)
    return [await endpointOf(host, from, tls)]
  }
  return usualSockets(env).map((path) => ({ host: socketUrl(path), dial: { kind: 'socket', path } }))
}

/** @param text what DOCKER_HOST may be: `unix:///path`, `npipe:////./pipe/name`, `tcp://host:port`, `ssh://user@host`, `host:port` */
export async function endpointOf(text: string, from: string, tls: TlsFiles | undefined): Promise<Endpoint> {
  const bad = (why: string): InfraError =>
    new InfraError('docker/unreachable', 'docker', `${from} is "${text}", which is no address of an engine: ${why}`)
  const [scheme = '', rest = ''] = text.includes('://') ? text.split(/:\/\/(.*)/s) : ['tcp', text]
  if (scheme === 'unix' || scheme === 'npipe') {
    if (rest === '') throw bad('the path is missing')
    return { host: text, from, dial: { kind: 'socket', path: rest } }
  }
  if (scheme === 'ssh') return sshEndpoint(text, from, bad)
  if (scheme !== 'tcp' && scheme !== 'http' && scheme !== 'https') {
    throw bad('expected unix://, npipe://, tcp:// or ssh://')
  }
  const url = URL.canParse(`http://${rest}`) ? new URL(`http://${rest}`) : undefined
  if (!url || url.hostname === '') throw bad('expected tcp://host:port')
  if (url.pathname !== '/') throw bad('a path behind the port is not supported')
  const secure = tls ?? (scheme === 'https' ? { verify: true } : undefined)
  // A port that is the default of http is not in `url.port`.
  const port = Number(/:(\d+)$/.exec(url.host)?.[1] ?? (/:80$/.test(rest) ? 80 : secure ? 2376 : 2375))
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return { host: `tcp://${rest}`, from, dial: { kind: 'tcp', host: address, port, tls: secure } }
}

/** DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH. */
async function tlsFromEnv(env: Env): Promise<TlsFiles | undefined> {
  const verify = Boolean(env['DOCKER_TLS_VERIFY'])
  if (!verify && !env['DOCKER_TLS']) return undefined
  return { ...(await tlsFromFolder(env['DOCKER_CERT_PATH'] || configFolder(env))), verify }
}

/** Docker's own socket, Docker Desktop's, those of others that speak its language, and Podman's. */
function usualSockets(env: Env): readonly string[] {
  if (process.platform === 'win32') return ['//./pipe/docker_engine', '//./pipe/podman-machine-default']
  const home = homeFolder(env)
  const runtime = env['XDG_RUNTIME_DIR']
  const usual = [
    '/var/run/docker.sock',
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(home, '.orbstack/run/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    join(home, '.rd/docker.sock'),
    ...(runtime ? [join(runtime, 'podman/podman.sock')] : []),
    '/run/podman/podman.sock',
  ]
  const there = usual.filter((path) => existsSync(path))
  if (there.length > 0) return there
  const message = `no Docker engine is running: there is none of the sockets ${usual.join(', ')}; start Docker, or say where it is with DOCKER_HOST`
  throw new InfraError('docker/unreachable', 'docker', message, { retry: true })
}

function socketUrl(path: string): string {
  return process.platform === 'win32' ? `npipe://${path}` : `unix://${path}`
}
