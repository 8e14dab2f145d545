import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { createKubernetes } from '../create-kubernetes.js'
import { type RealPods, realPods } from '../streams/testing/real-pods.js'
import { describeWithKubernetes } from '../testing/needs-kubernetes.js'
import { type OtherWay, otherWay } from '../testing/other-way.js'

const never = new AbortController().signal
let pods: RealPods
let way: OtherWay
const open: { close(): Promise<void> }[] = []

describeWithKubernetes('a session in a pod', () => {
  beforeAll(async () => {
    pods = await realPods()
    way = await otherWay()
    await pods.kubectl(['create', 'serviceaccount', 'builder'])
    await pods.kubectl([
      'create',
      'rolebinding',
      'builder',
      '--clusterrole=edit',
      `--serviceaccount=${pods.namespace}:builder`,
    ])
  }, 30_000)
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })
  afterAll(async () => {
    await pods.close()
    await way.close()
  })

  it('uses the account of the pod, in its namespace and with its rights, and a new token when the old one is refused', async () => {
    const accountFolder = join(way.folder, 'account')
    const token = (): Promise<string> => pods.kubectl(['create', 'token', 'builder'])
    await mkdir(accountFolder)
    await writeFile(join(accountFolder, 'token'), 'not.a.token')
    await writeFile(join(accountFolder, 'ca.crt'), way.authority)
    await writeFile(join(accountFolder, 'namespace'), pods.namespace)
    const [host = '', port = ''] = way.address.split(':')
    const { processes } = await way.options({})
    const env = { HOME: way.folder, KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }
    const client = createKubernetes({ processes, env, accountFolder })
    open.push(client)
    expect(await client.context()).toMatchObject({ name: 'in-cluster', namespace: pods.namespace, isLocal: false })

    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine' } }
    await expect(client.apply({ object, force: true }, never)).rejects.toMatchObject({
      code: 'kubernetes/unauthorized',
    })
    // The kubelet writes a new one from time to time.
    await writeFile(join(accountFolder, 'token'), await token())
    expect(await client.apply({ object, force: true }, never)).toMatchObject({
      metadata: { namespace: pods.namespace },
    })
    const elsewhere = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'mine' }
    await expect(client.get(elsewhere, never)).rejects.toMatchObject({ code: 'kubernetes/forbidden' })
  }, 30_000)
})
