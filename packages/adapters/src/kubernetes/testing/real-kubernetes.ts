import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { Kubernetes } from '@tiltts/runtime/ports'
import type { KubernetesManifest } from '@tiltts/spec'
import type { KubernetesHarness } from '../../../../runtime/src/ports/kubernetes.contract.js'
import { createProcesses } from '../../processes/index.js'
import { assembleKubernetes } from '../assemble-kubernetes.js'
import { environment } from './environment.js'
import { noStreams } from './no-streams.js'

const run = promisify(execFile)
const never = new AbortController().signal

/** kubectl against the same cluster. */
export async function kubectl(argv: readonly string[], input?: string): Promise<string> {
  const running = run('kubectl', argv)
  running.child.stdin?.end(input ?? '')
  return (await running).stdout
}

/** The cluster that KUBECONFIG points at, with a namespace of its own. */
export async function realKubernetes(): Promise<KubernetesHarness & { readonly kubernetes: Kubernetes }> {
  const name = `k-client-${randomBytes(4).toString('hex')}`
  const processes = createProcesses({ sessionId: name, stateFolder: `/tmp/${name}`, reaper: false })
  const kubernetes = assembleKubernetes({ processes, env: environment(), namespace: name }, noStreams)
  const namespace: KubernetesManifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  await kubernetes.apply({ object: namespace, force: true }, never)
  return {
    kubernetes,
    namespace: name,
    name,
    image: process.env['TESTBED_REGISTRY'] ? `${process.env['TESTBED_REGISTRY']}/busybox:latest` : 'busybox:latest',
    async kubectlApply(object) {
      await kubectl(['apply', '-f', '-'], JSON.stringify(object))
    },
    elapse: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    async close() {
      const ref = { apiVersion: 'v1', kind: 'Namespace', namespace: '', name }
      await kubernetes.remove(ref, {}, never)
      await kubernetes.close()
      await processes.close(0)
    },
  }
}
