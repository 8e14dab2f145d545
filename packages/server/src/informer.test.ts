import {
  CustomObjectsApi,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
} from '@kubernetes/client-node'
import { createLogStore } from '@tiltts/core/logs'
import { createStore, type ObjectStore } from '@tiltts/core/store'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCertificate } from './certificate.js'
import { startServer } from './server.js'
import { type CuttableProxy, cuttableProxy } from './testing/cuttable-proxy.js'

type ConfigMap = KubernetesObject & { readonly data?: Readonly<Record<string, string>> }

const token = 'of-this-session'
const of = { group: 'tilt.dev', version: 'v1alpha1', plural: 'configmaps' }
/** So many changes are kept for who comes back. */
const kept = 20

interface World {
  readonly store: ObjectStore
  readonly proxy: CuttableProxy
  readonly kubeconfig: KubeConfig
  put(name: string, value: string): void
  remove(name: string): void
}

/** The API of a session as clients find it, behind a connection that can break. */
async function world(): Promise<World> {
  let uids = 0
  const store = createStore({ now: Date.now, uid: () => `uid-${uids++}`, ringSize: kept })
  const server = await startServer({ token: 't', host: '127.0.0.1', port: 0, now: Date.now, version: '1' })
  onTestFinished(() => server.close())
  server.serve({ store, logs: createLogStore({ now: Date.now }) })
  const certificate = await createCertificate(Date.now())
  const proxy = await cuttableProxy(await server.openApi({ certificate, token }))
  const kubeconfig = new KubeConfig()
  const caData = Buffer.from(certificate.cert).toString('base64')
  kubeconfig.loadFromClusterAndUser(
    { name: 'tilt', server: `https://127.0.0.1:${proxy.port}`, caData, skipTLSVerify: false },
    { name: 'tilt', token },
  )
  return {
    store,
    proxy,
    kubeconfig,
    put: (name, value) => void store.update({ by: 'test' }, (tx) => tx.put('ConfigMap', name, { data: { value } }, {})),
    remove: (name) => void store.update({ by: 'test' }, (tx) => tx.delete('ConfigMap', name)),
  }
}

interface Informed {
  /** `+name=value`, `~name=value`, `-name`, in the order in which the informer told. */
  readonly events: string[]
  /** What it believes to be there. */
  known(): Readonly<Record<string, string | undefined>>
  /** How often it had to begin again. */
  restarts(): number
}

/** An informer as its users write it: begun again, a moment later, whenever it says that something went wrong. */
async function inform({ kubeconfig }: World): Promise<Informed> {
  const api = kubeconfig.makeApiClient(CustomObjectsApi)
  const list = async (): Promise<KubernetesListObject<ConfigMap>> => api.listClusterCustomObject(of)
  const informer = makeInformer<ConfigMap>(kubeconfig, `/apis/${of.group}/${of.version}/${of.plural}`, list)
  const events: string[] = []
  let restarts = 0
  const text = ({ metadata, data }: ConfigMap): string => `${metadata?.name}=${data?.['value']}`
  informer.on('add', (object) => void events.push(`+${text(object)}`))
  informer.on('update', (object) => void events.push(`~${text(object)}`))
  informer.on('delete', (object) => void events.push(`-${object.metadata?.name}`))
  let over = false
  informer.on('error', () => {
    restarts++
    setTimeout(() => void (over || informer.start()), 20)
  })
  onTestFinished(async () => {
    over = true
    await informer.stop()
  })
  await informer.start()
  return {
    events,
    known: () =>
      Object.fromEntries(informer.list().map(({ metadata, data }) => [metadata?.name ?? '', data?.['value']])),
    restarts: () => restarts,
  }
}

describe('the informer of the JavaScript client of Kubernetes', () => {
  it('API-14: lists what there is, then hears of every change', async () => {
    const session = await world()
    session.put('a', '1')
    const { events } = await inform(session)
    session.put('b', '1')
    session.put('a', '2')
    await expect.poll(() => events).toEqual(['+a=1', '+b=1', '~a=2'])
    session.remove('b')
    await expect.poll(() => events.at(-1)).toBe('-b')
  })

  it('API-14: comes back after a broken connection with what it has missed, and nothing twice', async () => {
    const session = await world()
    session.put('a', '1')
    session.put('b', '1')
    const { events, restarts } = await inform(session)
    session.put('b', '2')
    await expect.poll(() => events).toEqual(['+a=1', '+b=1', '~b=2'])
    session.proxy.cut({ refuse: true })
    session.put('a', '2')
    session.remove('b')
    session.put('c', '1')
    await expect.poll(restarts).toBeGreaterThan(1)
    session.proxy.cut({ refuse: false })
    await expect.poll(() => events.slice(3)).toEqual(['~a=2', '-b', '+c=1'])
  })

  it('API-14: is told that it was away too long, and begins with a new list', async () => {
    const session = await world()
    session.put('a', '1')
    session.put('b', '1')
    const { events, known, restarts } = await inform(session)
    session.proxy.cut({ refuse: true })
    session.remove('b')
    for (let value = 2; value < 2 * kept; value++) session.put('a', String(value))
    await expect.poll(restarts).toBeGreaterThan(0)
    session.proxy.cut({ refuse: false })
    const last = String(2 * kept - 1)
    await expect.poll(known).toEqual({ a: last })
    expect(events).toEqual(['+a=1', '+b=1', '-b', `~a=${last}`])
  })
})
