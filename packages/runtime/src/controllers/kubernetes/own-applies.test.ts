import type { KubernetesApplySpec, KubernetesManifest, OwnApply } from '@tiltts/spec'
import { expect, it } from 'vitest'
import { type SimulateOptions, type Simulation, simulateSession } from '../../testing/simulate.js'
import { configMap, deployment, placed } from './manifests.test.support.js'

const never = new AbortController().signal
const text = (...objects: readonly KubernetesManifest[]): string =>
  objects.map((object) => JSON.stringify(object)).join('\n---\n')

async function session(options: Partial<SimulateOptions> = {}): Promise<Simulation> {
  const sim = await simulateSession({ config: () => {}, ...options })
  await sim.advance(100)
  return sim
}

async function put(sim: Simulation, own: Partial<OwnApply>, more: Partial<KubernetesApplySpec> = {}): Promise<void> {
  const whole: OwnApply = { extraSelectors: [], strategy: 'default', forwards: [], ...own }
  const spec: KubernetesApplySpec = { objects: [], manifestHash: '', timeoutMs: 30_000, own: whole, ...more }
  sim.store.update({ by: 'api' }, (tx) => tx.put('KubernetesApply', 'x', spec, { applied: [], appliedOnce: false }))
  await sim.advance(2_000)
}

const status = (sim: Simulation) => sim.store.get('KubernetesApply', 'x')?.status
const isThere = async (sim: Simulation, object: KubernetesManifest): Promise<boolean> =>
  (await sim.kubernetes.get(placed(object), never)) !== undefined

it('API-51: what a client writes as YAML is applied, and its pods are found', async () => {
  const sim = await session()
  await put(sim, { yaml: text(deployment('web'), configMap('a')) })
  expect(status(sim)).toMatchObject({
    applied: [{ name: 'a' }, { name: 'web' }].map((one) => expect.objectContaining(one)),
    appliedOnce: true,
    lastApplyTime: expect.any(String),
    lastApplyStartTime: expect.any(String),
  })
  expect(status(sim)?.error).toBeUndefined()
  const discovery = sim.store.get('KubernetesDiscovery', 'x')
  expect(discovery?.status).toMatchObject({ known: true, pods: [{ phase: 'Running' }] })
  expect(discovery?.metadata.ownerReferences).toMatchObject([{ kind: 'KubernetesApply', name: 'x' }])
})

it('API-51: other YAML is applied anew, and what is no part of it any more is deleted', async () => {
  const sim = await session()
  await put(sim, { yaml: text(configMap('a'), configMap('b')) })
  await put(sim, { yaml: text(configMap('b', { k: 'v' })) })
  expect(await isThere(sim, configMap('a'))).toBe(false)
  expect(await sim.kubernetes.get(placed(configMap('b')), never)).toMatchObject({ data: { k: 'v' } })
})

it('API-51: what was applied goes with its object, and with its switch', async () => {
  const sim = await session()
  const source = { configMap: { name: 'x-disable', key: 'isDisabled' } }
  const turn = async (isDisabled: string): Promise<void> => {
    sim.store.update({ by: 'api' }, (tx) => tx.put('ConfigMap', 'x-disable', { data: { isDisabled } }, {}))
    await sim.advance(1_000)
  }
  await turn('false')
  await put(sim, { yaml: text(configMap('a')) }, { disableSource: source })
  expect(await isThere(sim, configMap('a'))).toBe(true)
  await turn('true')
  expect(await isThere(sim, configMap('a'))).toBe(false)
  await turn('false')
  expect(await isThere(sim, configMap('a'))).toBe(true)
  sim.store.update({ by: 'api' }, (tx) => tx.delete('KubernetesApply', 'x'))
  await sim.advance(1_000)
  expect(await isThere(sim, configMap('a'))).toBe(false)
  expect(sim.store.get('KubernetesDiscovery', 'x')).toBeUndefined()
})

it('API-51: what is deleted, and made anew, while it is being applied ends as it was asked for last', async () => {
  // The server has it before it says so.
  const sim = await session({
    ports(ports) {
      const { kubernetes, clock } = ports
      const apply: typeof kubernetes.apply = async (...call) => {
        const answer = await kubernetes.apply(...call)
        await clock.sleep(500)
        return answer
      }
      return { ...ports, kubernetes: { ...kubernetes, apply } }
    },
  })
  const own: OwnApply = { extraSelectors: [], strategy: 'default', forwards: [], yaml: text(configMap('a')) }
  const spec: KubernetesApplySpec = { objects: [], manifestHash: '', timeoutMs: 30_000, own }
  const initial = { applied: [], appliedOnce: false }
  const make = (): void => void sim.store.update({ by: 'api' }, (tx) => tx.put('KubernetesApply', 'x', spec, initial))
  const remove = async (): Promise<void> => {
    sim.store.update({ by: 'api' }, (tx) => tx.delete('KubernetesApply', 'x'))
    await sim.advance(100)
  }
  make()
  await sim.advance(200)
  await remove()
  await sim.advance(2_000)
  expect(await isThere(sim, configMap('a'))).toBe(false)
  make()
  await sim.advance(200)
  await remove()
  make()
  await sim.advance(3_000)
  expect(await isThere(sim, configMap('a'))).toBe(true)
  expect(status(sim)?.applied).toHaveLength(1)
})

it('API-51: what came of an apply that was refused in part goes with its object, too', async () => {
  const sim = await session()
  const broken: KubernetesManifest = { apiVersion: 'nowhere.dev/v1', kind: 'Nothing', metadata: { name: 'b' } }
  await put(sim, { yaml: text(configMap('a'), broken) })
  expect(status(sim)?.error).toBeDefined()
  expect(await isThere(sim, configMap('a'))).toBe(true)
  sim.store.update({ by: 'api' }, (tx) => tx.delete('KubernetesApply', 'x'))
  await sim.advance(1_000)
  expect(await isThere(sim, configMap('a'))).toBe(false)
})

it('API-51: YAML that cannot be read, or is refused, is told in the status, and tried again when it is another', async () => {
  const sim = await session()
  await put(sim, { yaml: 'kind: [' })
  expect(status(sim)).toMatchObject({ error: expect.any(String), applied: [] })
  await put(sim, { yaml: text(configMap('a')) })
  expect(status(sim)?.error).toBeUndefined()
  expect(status(sim)?.applied).toHaveLength(1)
})

it('API-51: a command deploys, and another one removes what it did', async () => {
  const made = { ...configMap('made'), metadata: { name: 'made', namespace: 'default', uid: 'uid-made' } }
  const ran: string[] = []
  const sim = await session({
    programs: {
      deploy(self) {
        ran.push(`deploy ${self.env['MODE']}`)
        self.stdout(JSON.stringify(made))
      },
      undeploy: () => void ran.push('undeploy'),
    },
  })
  await put(sim, { applyCmd: { args: ['deploy'], env: ['MODE=dev'] }, deleteCmd: { args: ['undeploy'] } })
  expect(status(sim)?.applied).toMatchObject([{ name: 'made', uid: 'uid-made' }])
  sim.store.update({ by: 'api' }, (tx) => tx.delete('KubernetesApply', 'x'))
  await sim.advance(1_000)
  expect(ran).toEqual(['deploy dev', 'undeploy'])
})

it('API-51: nothing is put into a cluster that is not local and that the config does not allow', async () => {
  const sim = await session({ kubernetes: { context: { name: 'prod', isLocal: false } } as never })
  await put(sim, { yaml: text(configMap('a')) })
  expect(status(sim)?.error).toContain('the context prod is not local')
  expect(await isThere(sim, configMap('a'))).toBe(false)
})

it('API-53: ports lead to the pods of what was applied', async () => {
  const sim = await session()
  await put(sim, {
    yaml: text(deployment('web')),
    forwards: [{ localPort: 8080, containerPort: 80, host: 'localhost' }],
  })
  const pod = sim.store.get('KubernetesDiscovery', 'x')?.status.pods[0]?.name
  expect(sim.store.get('PortForward', 'x')?.status.forwards).toMatchObject([{ localPort: 8080, pod }])
})
