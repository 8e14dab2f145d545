import type { KubernetesDiscoverySpec } from '@tiltts/spec'
import { afterEach, expect, it } from 'vitest'
import { uidOf } from './object-index.js'
import { barePod, deployment, type PodWorld, podWorld } from './pods.test.support.js'

const open: PodWorld[] = []
afterEach(async () => {
  for (const made of open.splice(0)) {
    expect(made.errors).toEqual([])
    await made.forwards.close()
    made.close()
  }
})

const never = new AbortController().signal
const nothing = { pods: [], objects: [], urls: [], forbidden: [], startedOnce: false, completedOnce: false }

async function world(): Promise<PodWorld> {
  const w = await podWorld()
  open.push(w)
  return w
}

async function look(w: PodWorld, spec: Partial<KubernetesDiscoverySpec>): Promise<void> {
  const base = {
    strategy: 'default',
    extraSelectors: [],
    podReadiness: 'wait',
    namespaces: ['shop'],
    watches: [],
  } as const
  w.store.update({ by: 'api' }, (tx) =>
    tx.put('KubernetesDiscovery', 'mine', { ...base, ...spec }, { known: false, ...nothing }),
  )
  await w.advance(200)
}
const found = (w: PodWorld): readonly string[] => w.status('mine').pods.map(({ name }) => name.replace(/-.*/, ''))

it('API-52: a client finds the pods of an object by its uid, whoever applied it', async () => {
  const w = await world()
  const web = await w.kubernetes.apply({ object: deployment('web'), force: true }, never)
  await w.kubernetes.apply({ object: deployment('other'), force: true }, never)
  await look(w, { watches: [{ uid: uidOf(web), namespace: 'shop' }] })
  expect(w.status('mine')).toMatchObject({ known: true, objects: [] })
  expect(found(w)).toEqual(['web'])
})

it('API-52: a client finds pods of a namespace by their labels, also those that come later', async () => {
  const w = await world()
  await look(w, { watches: [{ namespace: 'shop' }], extraSelectors: [{ team: 'a' }] })
  expect(found(w)).toEqual([])
  await w.kubernetes.apply({ object: barePod('one', { team: 'a' }), force: true }, never)
  await w.kubernetes.apply({ object: barePod('two', { team: 'b' }), force: true }, never)
  await w.advance(200)
  expect(found(w)).toEqual(['one'])
  w.store.update({ by: 'api' }, (tx) => tx.delete('KubernetesDiscovery', 'mine'))
  await w.advance(100)
  expect(w.watched).toEqual([])
})

it('API-53: a client opens a port to a pod by its name', async () => {
  const w = await world()
  w.kubernetes.serve(80, (connection) => {
    connection.write(connection.pod)
    connection.end()
  })
  await w.kubernetes.apply({ object: barePod('one'), force: true }, never)
  await w.advance(200)
  const forwards = [{ localPort: 8080, containerPort: 80, host: 'localhost' }]
  w.store.update({ by: 'api' }, (tx) =>
    tx.put('PortForward', 'mine', { forwards, pod: { name: 'one', namespace: '' } }, { forwards: [] }),
  )
  await w.advance(100)
  const client = w.listeners.connect(8080)
  client.end()
  client.received.catch(() => {})
  await w.advance(10)
  expect(await client.received).toBe('one')
  expect(w.store.get('PortForward', 'mine')?.status.forwards).toMatchObject([{ localPort: 8080, pod: 'one' }])
  w.store.update({ by: 'api' }, (tx) => tx.delete('PortForward', 'mine'))
  await w.advance(100)
  expect(w.listeners.ports()).toEqual([])
})
