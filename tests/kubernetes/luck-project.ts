import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { type TempProject, tempProject } from '../support/temp-project.js'
import type { RunningTiltts } from '../support/tiltts.js'
import { type ApiProxy, apiProxy, type Upstream } from './api-proxy.js'

const run = promisify(execFile)

/** The kubectl command, behind no door: what it prints. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  return (await run('kubectl', [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout.trim()
}

/** As `kubectl`, with something for it to read. */
export function kubectlWith(input: object, ...args: readonly string[]): string {
  return execFileSync('kubectl', [...args], { input: JSON.stringify(input), encoding: 'utf8', stdio: 'pipe' }).trim()
}

export interface LuckProject extends TempProject {
  /** Its own; gone after the test. */
  readonly namespace: string
  readonly door: ApiProxy
  readonly kubeconfig: string
  /** In its namespace. */
  kubectl(...args: readonly string[]): Promise<string>
  /** Writes `tilt.config.ts` with these objects. */
  objects(...objects: readonly object[]): void
  /** From now on the kubeconfig names this user. */
  user(user: object): void
  /** Makes a user of its own that may do this and no more. @returns what stands in a kubeconfig for it */
  serviceAccount(rules: readonly object[]): object
}

export interface LuckOptions {
  readonly files?: Readonly<Record<string, string>>
  /** @default 'kind-luck' */
  readonly cluster?: string
}

/**
 * A project with a namespace of its own on the real cluster, which is reached through a door that can be shut. `NAMESPACE`
 * in the config is replaced.
 */
export async function luckProject(config: string, options: LuckOptions = {}): Promise<LuckProject> {
  const namespace = `k-luck-${randomBytes(4).toString('hex')}`
  const withNames = (text: string): string => text.replaceAll('NAMESPACE', namespace)
  const project = tempProject({ ...options.files, 'tilt.config.ts': withNames(config) })
  const base = join(project.folder, '..')
  const door = await apiProxy(upstream(), base)
  const kubeconfig = join(base, 'kubeconfig')
  const name = options.cluster ?? 'kind-luck'
  const write = (user: object): void => {
    const cluster = { server: door.server, 'certificate-authority': door.certificateAuthority }
    const entries = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user: 'luck', namespace } }],
      clusters: [{ name, cluster }],
      users: [{ name: 'luck', user }],
    }
    writeFileSync(kubeconfig, JSON.stringify(entries))
  }
  write({})
  await kubectl('create', 'namespace', namespace)
  onTestFinished(async () => {
    await kubectl('delete', 'namespace', namespace, '--wait=false', '--ignore-not-found')
  })
  return {
    ...project,
    env: { ...project.env, KUBECONFIG: kubeconfig },
    write: (path, text) => project.write(path, withNames(text)),
    namespace,
    door,
    kubeconfig,
    kubectl: (...args) => kubectl('--namespace', namespace, ...args),
    objects: (...objects) => project.write('tilt.config.ts', withNames(configOf(...objects))),
    user: write,
    serviceAccount(rules) {
      const metadata = { name: 'luck', namespace }
      const rbac = 'rbac.authorization.k8s.io'
      const items = [
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
        { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules },
        {
          apiVersion: `${rbac}/v1`,
          kind: 'RoleBinding',
          metadata,
          roleRef: { apiGroup: rbac, kind: 'Role', name: 'luck' },
          subjects: [{ kind: 'ServiceAccount', ...metadata }],
        },
      ]
      kubectlWith({ apiVersion: 'v1', kind: 'List', items }, 'apply', '-f', '-')
      const args = ['create', 'token', 'luck', '--namespace', namespace, '--duration=1h']
      return { token: execFileSync('kubectl', args, { encoding: 'utf8' }).trim() }
    },
  }
}

/** A config that deploys these objects, and nothing else. */
export function configOf(...objects: readonly object[]): string {
  const calls = objects.map((object) => `k8sYaml(${JSON.stringify(object, undefined, 2)})\n`)
  return `import { k8sYaml } from 'tiltts'\n${calls.join('')}`
}

const registry = process.env['TESTBED_REGISTRY']
/** As the nodes of the cluster can pull it. */
export const busybox: string = registry === undefined ? 'busybox' : `${registry}/busybox`

/** Ends at once when it is asked to. */
export const waits = "trap 'exit 0' TERM; while :; do sleep 0.1; done"

/** A pod template that runs a script. */
export const podOf = (labels: object, script: string, more: object = {}, container: object = {}): object => ({
  metadata: { labels },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      { name: 'main', image: busybox, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script], ...container },
    ],
    ...more,
  },
})

export const deployment = (
  name: string,
  script: string = waits,
  more: object = {},
  container: object = {},
): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { selector: { matchLabels: { app: name } }, template: podOf({ app: name }, script, more, container) },
})

export const job = (name: string, script: string, backoffLimit = 0): object => {
  const { spec } = podOf({}, script) as { readonly spec: object }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { backoffLimit, template: { spec: { ...spec, restartPolicy: 'Never' } } },
  }
}

export const configMap = (name: string, data: Readonly<Record<string, string>> = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

/** Removed from the engine after the test: what was built for a project. */
export function imagesRemovedAfter(namespace: string): void {
  onTestFinished(() => {
    const list = ['images', '-q', '--filter', `reference=*${namespace}*`, '--filter', `reference=*/*${namespace}*`]
    const more = ['--filter', `reference=${namespace}/*`]
    const ids = execFileSync('docker', [...list, ...more], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean)
    if (ids.length > 0) execFileSync('docker', ['rmi', '--force', ...new Set(ids)], { stdio: 'pipe' })
  })
}

/** All that it has printed. */
export const said = (tiltts: Pick<RunningTiltts, 'stdout' | 'stderr'>): string => tiltts.stdout() + tiltts.stderr()

/** How often a text is in another. */
export const times = (text: string, part: string): number => text.split(part).length - 1

interface KubectlConfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data'?: string }
  }[]
  readonly users: readonly {
    readonly user: { readonly 'client-certificate-data'?: string; readonly 'client-key-data'?: string }
  }[]
}

/** The cluster of the current context, as kubectl has it. */
function upstream(): Upstream {
  const args = ['config', 'view', '--minify', '--flatten', '--raw', '-o', 'json']
  const { clusters, users } = JSON.parse(execFileSync('kubectl', args, { encoding: 'utf8' })) as KubectlConfig
  const decoded = (text = ''): Buffer => Buffer.from(text, 'base64')
  return {
    server: new URL(clusters[0]?.cluster.server ?? ''),
    ca: decoded(clusters[0]?.cluster['certificate-authority-data']),
    cert: decoded(users[0]?.user['client-certificate-data']),
    key: decoded(users[0]?.user['client-key-data']),
  }
}

/** Warnings and errors, but for those of the kubelet itself: on a busy machine a mount is late without anybody's fault. */
export const complaints = (tiltts: Pick<RunningTiltts, 'stdout' | 'stderr'>): readonly string[] =>
  said(tiltts)
    .split('\n')
    .filter((line) => /WARN|ERROR/.test(line) && !line.includes('WARNING: [event: '))
