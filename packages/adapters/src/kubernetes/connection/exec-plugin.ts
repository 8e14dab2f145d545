import { InfraError } from '@tiltts/spec'
import type { CredentialOptions } from './credential-options.js'
import { type Entry, isEntry } from './kubeconfig.js'

export interface PluginCredentials {
  readonly token?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** Milliseconds since the epoch; for ever when the plugin does not say. */
  readonly until: number
}

/** Some wait for a login in the browser. */
const LONGEST_MS = 300_000

/** Credentials by a command: `aws eks get-token`, `gke-gcloud-auth-plugin`, `kubelogin`. Nobody can answer its questions. */
export async function runExecPlugin(exec: Entry, options: CredentialOptions): Promise<PluginCredentials> {
  const argv = [String(exec['command'] ?? ''), ...strings(exec['args'])]
  const said = { stdout: '', stderr: '' }
  const running = options.processes.spawn({
    argv,
    dir: process.cwd(),
    env: { ...options.env, ...environment(exec['env']), KUBERNETES_EXEC_INFO: execInfo(exec, options) },
    onOutput: (text, stream) => {
      said[stream] += text
    },
    oneOff: true,
  })
  const tooLong = options.clock.timer(LONGEST_MS, () => void running.stop(1000))
  const { exitCode, reason } = await running.exited
  tooLong()
  if (exitCode !== 0) {
    const why = reason ?? `exit code ${exitCode}`
    const hint =
      reason !== undefined && typeof exec['installHint'] === 'string' ? `\n${exec['installHint'].trim()}` : ''
    throw failed(argv, `${why}${said.stderr.trim() ? `: ${said.stderr.trim().slice(-1000)}` : ''}${hint}`)
  }
  return credentialsIn(said.stdout, argv)
}

function credentialsIn(output: string, argv: readonly string[]): PluginCredentials {
  let answer: unknown
  try {
    answer = JSON.parse(output)
  } catch {
    throw failed(argv, `it printed no JSON: ${output.trim().slice(0, 200) || 'nothing'}`)
  }
  const status = isEntry(answer) ? answer['status'] : undefined
  if (!isEntry(status)) throw failed(argv, 'its answer has no status')
  const text = (key: string): string | undefined => {
    const value = status[key]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const token = text('token')
  const cert = text('clientCertificateData')
  if (token === undefined && cert === undefined) throw failed(argv, 'its answer has neither a token nor a certificate')
  const expires = Date.parse(text('expirationTimestamp') ?? '')
  return {
    token,
    cert,
    key: text('clientKeyData'),
    until: Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires,
  }
}

function execInfo(exec: Entry, { pinned }: CredentialOptions): string {
  const apiVersion = exec['apiVersion'] ?? 'client.authentication.k8s.io/v1'
  const spec = {
    interactive: false,
    ...(exec['provideClusterInfo'] === true ? { cluster: clusterInfo(pinned.cluster) } : {}),
  }
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', spec })
}

/** As the plugin wants it: the fields of the kubeconfig, in JSON's way of writing. */
function clusterInfo(cluster: Entry): Entry {
  const extensions = Array.isArray(cluster['extensions']) ? cluster['extensions'].filter(isEntry) : []
  const own = extensions.find(({ name }) => name === 'client.authentication.k8s.io/exec')
  return {
    server: cluster['server'],
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': cluster['certificate-authority-data'],
    'proxy-url': cluster['proxy-url'],
    config: own?.['extension'],
  }
}

function environment(list: unknown): Record<string, string> {
  const pairs = (Array.isArray(list) ? list.filter(isEntry) : []).map(({ name, value }) => [
    String(name),
    String(value ?? ''),
  ])
  return Object.fromEntries(pairs)
}

function strings(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : []
}

function failed(argv: readonly string[], why: string): InfraError {
  const message = `the kubeconfig's command for credentials failed: ${argv.join(' ')}: ${why}`
  return new InfraError('kubernetes/unauthorized', 'kubernetes', message, { retry: true })
}
