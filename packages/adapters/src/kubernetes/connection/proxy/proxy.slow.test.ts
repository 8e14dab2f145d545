import type { Kubernetes, PodContainerRef, WatchState } from '@tiltts/runtime/ports'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { createKubernetes } from '../../create-kubernetes.js'
import { type RealPods, realPods } from '../../streams/testing/real-pods.js'
import { connectProxy } from '../../testing/connect-proxy.js'
import { describeWithKubernetes } from '../../testing/needs-kubernetes.js'
import { type OtherWay, otherWay } from '../../testing/other-way.js'
import { socksProxy } from '../../testing/socks-proxy.js'

const never = new AbortController().signal
const image = process.env['TESTBED_REGISTRY'] ? `${process.env['TESTBED_REGISTRY']}/node:20` : 'node:20'
const SERVER = `require('node:net').createServer((socket) => socket.pipe(socket)).listen(7001, () => console.log('listening'))`
/** Nobody but the proxy knows this name. */
const hiddenName = 'cluster.test:6443'
let pods: RealPods
let way: OtherWay
let pod: PodContainerRef
const open: { close(): Promise<void> }[] = []
const held = <T extends { close(): Promise<void> }>(one: T): T => {
  open.push(one)
  return one
}

/** All that a session does with a cluster, in short. */
async function useAll(client: Kubernetes): Promise<void> {
  const { namespace } = pods
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace }, data: { a: 'b' } }
  await client.apply({ object, force: true }, never)
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'settings' }
  expect(await client.get(ref, never)).toMatchObject({ data: { a: 'b' } })

  const states: WatchState['is'][] = []
  const names = new Set<string>()
  const watch = client.watch(
    { apiVersion: 'v1', kind: 'Pod', namespace },
    {
      onState: ({ is }) => void states.push(is),
      onChange: (change) => {
        for (const { metadata } of change.type === 'all' ? change.objects : [change.object]) names.add(metadata.name)
      },
    },
  )
  await expect.poll(() => states).toContain('following')
  expect(names).toContain(pod.pod)
  watch.close()

  let logs = ''
  const enough = new AbortController()
  for await (const { text } of client.logs(pod, {}, enough.signal)) {
    logs += text
    if (logs.includes('listening')) break
  }
  enough.abort()

  const channel = await client.openContainer(pod, never)
  let said = ''
  const command = {
    argv: ['echo', 'hello'],
    onOutput: (text: string): void => {
      said += text
    },
  }
  expect(await channel.run(command, never)).toEqual({ exitCode: 0 })
  expect(said).toBe('hello\n')
  await channel.close()

  const connection = await client.connect(pod, 7001, never)
  await connection.write(Buffer.from('ping'))
  const { value } = await connection.output[Symbol.asyncIterator]().next()
  expect(Buffer.from(value as Uint8Array).toString()).toBe('ping')
  connection.close()
}

describeWithKubernetes('a cluster behind a proxy', () => {
  beforeAll(async () => {
    pods = await realPods()
    way = await otherWay()
    pod = await pods.start({ image, command: ['node', '-e', SERVER] })
  }, 60_000)
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })
  afterAll(async () => {
    await pods.close()
    await way.close()
  })
  const cluster = { server: `https://${hiddenName}`, 'tls-server-name': 'localhost' }

  it.each([
    ['CONNECT', connectProxy],
    ['SOCKS 5', socksProxy],
  ] as const)(
    'is used in whole by %s: objects, watches, logs, commands and forwards',
    async (_kind, start) => {
      const proxy = held(await start({ names: { [hiddenName]: way.address } }))
      const client = held(createKubernetes(await way.options({ ...cluster, 'proxy-url': proxy.url })))
      await useAll(client)
      expect(new Set(proxy.asked)).toEqual(new Set([hiddenName]))
      await client.close()
      await expect.poll(proxy.open).toBe(0)
    },
    60_000,
  )

  it('is used in whole by HTTPS_PROXY', async () => {
    const proxy = held(await connectProxy({ names: { [hiddenName]: way.address } }))
    await useAll(held(createKubernetes(await way.options(cluster, { HTTPS_PROXY: proxy.url, NO_PROXY: 'other' }))))
    expect(proxy.asked.length).toBeGreaterThan(3)
  }, 60_000)

  it('is none when NO_PROXY names the cluster', async () => {
    const proxy = held(await connectProxy())
    const options = await way.options(cluster, { HTTPS_PROXY: proxy.url, NO_PROXY: '.test' })
    const failed = held(createKubernetes(options)).info(never)
    // Only the proxy would have known the name.
    await expect(failed).rejects.toThrow(/cluster\.test:6443 .* does not answer: there is no such host/)
    expect(proxy.asked).toEqual([])
  })
})
