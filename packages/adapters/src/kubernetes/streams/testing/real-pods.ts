import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { PodContainerRef } from '@tiltts/runtime/ports'
import { systemClock } from '../../../clock/index.js'
import { realTransport } from '../../testing/real-cluster.js'
import type { StreamDeps } from '../stream-deps.js'

const run = promisify(execFile)

/** kubectl against the same cluster, for what a test has to bring about around the code that it tests. */
export async function kubectl(argv: readonly string[], input = ''): Promise<string> {
  const running = run('kubectl', [...argv], { maxBuffer: 64 * 1024 * 1024 })
  running.child.stdin?.end(input)
  return (await running).stdout
}

export const registry: string = process.env['TESTBED_REGISTRY'] ?? ''
export const busybox: string = registry === '' ? 'busybox:latest' : `${registry}/busybox:latest`

export interface PodRequest {
  readonly image?: string | undefined
  readonly command: readonly string[]
  /** More of the container. */
  readonly container?: object | undefined
  /** More of the pod's spec. */
  readonly spec?: object | undefined
}

export interface RealPods {
  readonly deps: StreamDeps
  readonly namespace: string
  readonly folder: string
  /** Its only container is `main`. Resolves when it runs, unless it is not to be waited for. */
  start(request: PodRequest, wait?: 'running' | 'no'): Promise<PodContainerRef>
  kubectl(argv: readonly string[], input?: string): Promise<string>
  /** A shell command in a container, by kubectl. */
  ask(target: PodContainerRef, script: string): Promise<string>
  write(path: string, text: string, mode?: number): Promise<string>
  mkdir(path: string): Promise<string>
  link(path: string, to: string): Promise<string>
  close(): Promise<void>
}

/** A namespace of its own in the cluster of this machine, with a way to it. */
export async function realPods(): Promise<RealPods> {
  const namespace = `k-streams-${randomBytes(4).toString('hex')}`
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-pods-'))
  const { transport, close } = await realTransport()
  await kubectl(['create', 'namespace', namespace])
  const within = (argv: readonly string[], input?: string): Promise<string> =>
    kubectl(['--namespace', namespace, ...argv], input)
  // Without it no pod may be made, and it comes a moment later.
  await within(['wait', '--for=create', 'serviceaccount/default', '--timeout=20s'])
  let count = 0

  return {
    deps: { transport, clock: systemClock() },
    namespace,
    folder,
    kubectl: within,
    async start({ image = busybox, command, container = {}, spec = {} }, wait = 'running') {
      const pod = `pod-${++count}`
      const containers = [{ name: 'main', image, command, ...container }]
      const manifest = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: pod },
        spec: { terminationGracePeriodSeconds: 0, restartPolicy: 'Never', containers, ...spec },
      }
      await within(['create', '-f', '-'], JSON.stringify(manifest))
      const phase = (): Promise<string> => within(['get', 'pod', pod, '--output', 'jsonpath={.status.phase}'])
      if (wait === 'running') for (let turn = 0; turn < 200 && (await phase()) === 'Pending'; turn++) await sleep(50)
      return { namespace, pod, container: 'main' }
    },
    ask: async (target, script) => (await within(['exec', target.pod, '--', 'sh', '-c', script])).trimEnd(),
    async write(path, text, mode = 0o644) {
      const file = join(folder, path)
      await mkdir(dirname(file), { recursive: true })
      await rm(file, { recursive: true, force: true })
      await writeFile(file, text)
      await chmod(file, mode)
      return file
    },
    async mkdir(path) {
      await mkdir(join(folder, path), { recursive: true })
      return join(folder, path)
    },
    async link(path, to) {
      await rm(join(folder, path), { recursive: true, force: true })
      await symlink(to, join(folder, path))
      return join(folder, path)
    },
    async close() {
      await kubectl(['delete', 'namespace', namespace, '--wait=false'])
      await close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
