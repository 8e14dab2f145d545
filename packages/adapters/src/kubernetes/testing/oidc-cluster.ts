import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type OidcIssuer, type OidcIssuerOptions, oidcIssuer } from './oidc-issuer.js'

const run = promisify(execFile)
const START_MS = 60_000

/** An API server of its own that lets in who has a token of the issuer, whatever they want, and nobody else. */
export interface OidcCluster {
  readonly issuer: OidcIssuer
  /** Writes the kubeconfig that people get for it, and tells its path. */
  kubeconfig(config: Readonly<Record<string, string>>): Promise<string>
  readonly folder: string
  close(): Promise<void>
}

/** It has no nodes, so that nothing runs in it. */
export async function oidcCluster(options: OidcIssuerOptions = {}): Promise<OidcCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-oidc-'))
  const at = (name: string): string => join(folder, name)
  const selfSigned = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  await run('openssl', [...selfSigned, '-days', '1', ...names, '-keyout', at('tls.key'), '-out', at('tls.crt')])
  await run('openssl', ['genrsa', '-out', at('accounts.key'), '2048'])
  const cert = await readFile(at('tls.crt'), 'utf8')
  const issuer = await oidcIssuer({ ...options, tls: { cert, key: await readFile(at('tls.key'), 'utf8') } })
  const [client, peer, port] = await freePorts(3)
  const etcd = `http://127.0.0.1:${client}`
  const processes = [
    start(['etcd', '-data-dir', at('etcd'), '-client', etcd, '-peer', `http://127.0.0.1:${peer}`]),
    start([
      ...['apiserver', `--etcd-servers=${etcd}`, '--bind-address=127.0.0.1', `--secure-port=${port}`],
      ...[`--tls-cert-file=${at('tls.crt')}`, `--tls-private-key-file=${at('tls.key')}`],
      ...[
        `--service-account-key-file=${at('accounts.key')}`,
        `--service-account-signing-key-file=${at('accounts.key')}`,
      ],
      ...['--service-account-issuer=https://localhost', '--service-cluster-ip-range=10.97.0.0/16'],
      ...['--authorization-mode=AlwaysAllow', '--anonymous-auth=false'],
      ...[`--oidc-issuer-url=${issuer.url}`, '--oidc-client-id=tiltts', `--oidc-ca-file=${at('tls.crt')}`],
      ...['--oidc-username-claim=sub', '--oidc-username-prefix=-'],
    ]),
  ]
  const close = async (): Promise<void> => {
    await Promise.all(processes.map((stop) => stop()))
    await issuer.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await ready(Number(port), cert, issuer.login()['id-token'] ?? '')
  } catch (error) {
    await close()
    throw error
  }
  return {
    issuer,
    folder,
    async kubeconfig(config) {
      const name = 'kind-oidc'
      const cluster = { server: `https://localhost:${port}`, 'certificate-authority': at('tls.crt') }
      const text = JSON.stringify({
        'current-context': name,
        contexts: [{ name, context: { cluster: name, user: 'ann' } }],
        clusters: [{ name, cluster }],
        users: [{ name: 'ann', user: { 'auth-provider': { name: 'oidc', config } } }],
      })
      await writeFile(at('kubeconfig'), text, { mode: 0o600 })
      return at('kubeconfig')
    },
    close,
  }
}

function start(argv: readonly string[]): () => Promise<void> {
  const child = spawn('kube', argv, { stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()))
  return () => {
    child.kill('SIGKILL')
    return exited
  }
}

/** Until it lets the token in, and is ready. */
async function ready(port: number, ca: string, token: string): Promise<void> {
  const until = Date.now() + START_MS
  while (Date.now() < until) {
    const status = await new Promise<number | undefined>((resolve) => {
      const asking = request({
        host: 'localhost',
        port,
        path: '/readyz',
        ca,
        headers: { authorization: `Bearer ${token}` },
      })
      asking.once('response', (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asking.once('error', () => resolve(undefined))
      asking.end()
    })
    if (status === 200) return
    await sleep(200)
  }
  throw new Error('the API server with OIDC did not become ready')
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
