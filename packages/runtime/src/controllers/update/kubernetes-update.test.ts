import { describe, expect, it } from 'vitest'
import { fakeRecords } from '../../testing/fake-records.js'
import { type SimulateOptions, type Simulation, simulateSession } from '../../testing/simulate.js'
import { claim, configMap, deployment, job, namespace, placed } from '../kubernetes/manifests.test.support.js'

async function session(options: SimulateOptions): Promise<Simulation> {
  const sim = await simulateSession(options)
  await sim.advance(1000)
  return sim
}

function last(sim: Simulation, name: string) {
  return sim.updates(name).at(-1)?.status
}

const hosting = configMap('local-registry-hosting', {
  'localRegistryHosting.v1': 'host: "localhost:5001"\nhostFromContainerRuntime: "registry:5000"\n',
})
const withRegistry = { ...hosting, metadata: { ...hosting.metadata, namespace: 'kube-public' } }

describe('an update of a resource of the cluster', () => {
  it('APPLY-01: applies what others need first, and notes what the cluster has then', async () => {
    const shop = { ...deployment('api'), metadata: { name: 'api', namespace: 'shop' } }
    const sim = await session({
      config(c) {
        c.manifests([
          shop,
          { ...configMap('settings'), metadata: { name: 'settings', namespace: 'shop' } },
          namespace('shop'),
        ])
        c.k8sResource('api', { objects: ['settings', 'shop:namespace'] })
      },
    })
    expect(sim.resource('api').last).toBe('succeeded')
    expect(sim.kubernetes.writes()).toEqual([
      'patch Namespace /shop',
      'patch ConfigMap shop/settings',
      'patch Deployment shop/api',
    ])
    const { applied, appliedOnce } = sim.store.get('KubernetesApply', 'api')?.status ?? {}
    expect(appliedOnce).toBe(true)
    expect(applied?.map(({ kind, namespace: where, uid }) => [kind, where, uid !== ''])).toEqual([
      ['Namespace', '', true],
      ['ConfigMap', 'shop', true],
      ['Deployment', 'shop', true],
    ])
  })

  it('APPLY-02: puts objects without a namespace into that of the context', async () => {
    const sim = await session({
      config: (c) => c.manifests([deployment('api')]),
      kubernetes: { context: { namespace: 'dev' } },
      ports(ports) {
        ;(ports.kubernetes as Simulation['kubernetes']).applyAs('setup', namespace('dev'))
        return ports
      },
    })
    expect(sim.kubernetes.writes()).toEqual(['patch Deployment dev/api'])
  })

  it('APPLY-11: lists what was applied; of an apply that failed what was tried, with what was wrong with each', async () => {
    const config = (replicas: number) => (c: Parameters<SimulateOptions['config']>[0]) => {
      c.manifests([
        { ...deployment('api'), metadata: { name: 'api', labels: { n: String(replicas) } } },
        configMap('a'),
        configMap('b'),
      ])
      c.k8sResource('api', { objects: ['a', 'b'] })
    }
    const sim = await session({ config: config(1) })
    expect(sim.log('api')).toContain(
      'Objects that were applied:\n  ConfigMap/a in default\n  ConfigMap/b in default\n  Deployment/api in default',
    )
    const before = sim.store.get('KubernetesApply', 'api')?.status
    sim.kubernetes.deny({ verb: 'patch', kind: 'ConfigMap' })
    sim.kubernetes.delete(placed(configMap('a')))
    sim.kubernetes.delete(placed(configMap('b')))
    await sim.reload(config(2))
    await sim.advance(1000)
    expect(last(sim, 'api')).toMatchObject({ phase: 'failed' })
    expect(last(sim, 'api')?.error?.split('\n')).toHaveLength(2)
    expect(sim.log('api')).toContain('Objects that were tried:\n  ConfigMap/a\n  ConfigMap/b\n')
    expect(sim.log('api').match(/is forbidden/g)).toHaveLength(2)
    expect(sim.store.get('KubernetesApply', 'api')?.status).toEqual({ ...before, error: last(sim, 'api')?.error })
    expect(sim.kubernetes.pods()).toHaveLength(1)
  })

  it('INJ-01: labels all objects and their pods, and marks pods by their template', async () => {
    const sim = await session({ config: (c) => c.manifests([deployment('api')]) })
    const api = sim.kubernetes.object(placed(deployment('api')))
    expect(api?.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'tilt' })
    const hashes = sim.store.get('KubernetesApply', 'api')?.status.applied[0]?.podTemplateHashes
    expect(hashes?.[0]).toMatch(/^[0-9a-f]{20}$/)
    const [pod] = sim.kubernetes.objects('Pod')
    expect(pod?.metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'tilt',
      'tilt.dev/pod-template-hash': hashes?.[0],
    })
  })

  it('APPLY-10: writes nothing when all is as it was applied, in a later session either', async () => {
    const records = fakeRecords()
    const config: SimulateOptions['config'] = (c) => {
      c.manifests([deployment('api'), configMap('settings'), job('init', 'true')])
      c.k8sResource('api', { objects: ['settings'] })
    }
    const first = await session({ config, records })
    const objects = first.kubernetes.objects()
    await first.stop()
    const writes = first.kubernetes.writes().length
    const second = await session({ config, records, ports: (ports) => ({ ...ports, kubernetes: reopened(first) }) })
    expect(second.resource('api').last).toBe('succeeded')
    expect(last(second, 'api')?.phase).toBe('succeeded')
    expect(first.kubernetes.writes()).toHaveLength(writes)
    expect(second.store.get('KubernetesApply', 'api')?.status).toMatchObject({ appliedOnce: true })
    expect(first.kubernetes.objects('Job')).toEqual(objects.filter(({ kind }) => kind === 'Job'))
  })

  it('applies anew what somebody has changed or deleted since', async () => {
    const records = fakeRecords()
    const config: SimulateOptions['config'] = (c) => {
      c.manifests([deployment('api'), configMap('settings', { mode: 'dev' })])
      c.k8sResource('api', { objects: ['settings'] })
    }
    const first = await session({ config, records })
    await first.stop()
    first.kubernetes.edit(placed(configMap('settings')), (object) => ({ ...object, data: { mode: 'prod' } }))
    first.kubernetes.delete(placed(deployment('api')))
    await session({ config, records, ports: (ports) => ({ ...ports, kubernetes: reopened(first) }) })
    expect(first.kubernetes.object(placed(configMap('settings')))).toMatchObject({ data: { mode: 'dev' } })
    expect(first.kubernetes.object(placed(deployment('api')))).toBeDefined()
  })

  it('APPLY-06: deletes and makes anew a workload that cannot be changed in place, and says so', async () => {
    const sim = await session({ config: (c) => c.manifests([job('init', 'true')]) })
    const before = sim.kubernetes.object(placed(job('init', '')))?.metadata['uid']
    await sim.reload((c) => c.manifests([job('init', 'echo other')]))
    await sim.advance(5000)
    expect(last(sim, 'init')?.phase).toBe('succeeded')
    expect(sim.kubernetes.object(placed(job('init', '')))?.metadata['uid']).not.toBe(before)
    expect(sim.log('init')).toContain('Job/init cannot be changed in place: it is deleted and made anew')
  })

  it('APPLY-06: never deletes what holds data, but says how', async () => {
    const config = (mode: string) => (c: Parameters<SimulateOptions['config']>[0]) => {
      const data = claim('data')
      c.manifests([{ ...data, spec: { ...(data['spec'] as object), accessModes: [mode] } }])
      c.k8sResource(undefined, { newName: 'storage', objects: ['data'] })
    }
    const sim = await session({ config: config('ReadWriteOnce') })
    const before = sim.kubernetes.object(placed(claim('data')))?.metadata['uid']
    await sim.reload(config('ReadWriteMany'))
    await sim.advance(5000)
    expect(last(sim, 'storage')?.error).toContain(
      'It is not deleted, as what it holds would be lost. When that may go: kubectl delete persistentvolumeclaim data --namespace default',
    )
    expect(sim.kubernetes.object(placed(claim('data')))?.metadata['uid']).toBe(before)
  })

  it('APPLY-07: waits until an object is gone that is being deleted, and applies it anew', async () => {
    const sim = await simulateSession({
      config: (c) => c.manifests([deployment('api')]),
      kubernetes: { context: { namespace: 'default' } },
    })
    await sim.advance(1000)
    const pod = sim.kubernetes.object(placed(deployment('api')))
    sim.kubernetes.edit(placed(deployment('api')), (object) => ({
      ...object,
      metadata: { ...object.metadata, finalizers: ['example.com/hold'] },
    }))
    sim.kubernetes.delete(placed(deployment('api')))
    await sim.reload((c) => c.manifests([deployment('api', 'busybox', { env: [{ name: 'A', value: '1' }] })]))
    await sim.advance(2000)
    expect(sim.resource('api').current).toBeDefined()
    expect(sim.log('api')).toContain('Deployment/api is being deleted: waiting until it is gone')
    sim.kubernetes.edit(placed(deployment('api')), (object) => ({
      ...object,
      metadata: { ...object.metadata, finalizers: [] },
    }))
    await sim.advance(2000)
    expect(last(sim, 'api')?.phase).toBe('succeeded')
    expect(sim.kubernetes.object(placed(deployment('api')))?.metadata['uid']).not.toBe(pod?.metadata['uid'])
  })

  it('APPLY-09: gives up an object that takes longer than it may, and names it', async () => {
    const sim = await simulateSession({
      config(c) {
        c.settings({ k8sUpsertTimeoutMs: 2000 })
        c.manifests([deployment('api')])
      },
      ports: (ports) => ({
        ...ports,
        kubernetes: {
          ...ports.kubernetes,
          apply: (_request, signal) =>
            new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        },
      }),
    })
    await sim.advance(1900)
    expect(sim.resource('api').current).toBeDefined()
    await sim.advance(200)
    expect(last(sim, 'api')).toMatchObject({ phase: 'failed', error: 'Deployment/api was not applied within 2 s' })
  })

  it('TRIG-01: a trigger makes workloads anew once all is built, and never what holds data', async () => {
    const sim = await session({
      config(c) {
        c.manifests([deployment('api'), claim('data')])
        c.k8sResource('api', { objects: ['data'] })
      },
    })
    const uid = (object: ReturnType<typeof claim>) => sim.kubernetes.object(placed(object))?.metadata['uid']
    const before = [uid(deployment('api')), uid(claim('data'))]
    sim.trigger('api', 'cli')
    await sim.advance(5000)
    expect(uid(deployment('api'))).not.toBe(before[0])
    expect(uid(claim('data'))).toBe(before[1])
    expect(sim.kubernetes.writes().filter((write) => write.startsWith('delete'))).toEqual([
      'delete Deployment default/api',
    ])
  })

  it('asks a server that is in trouble again, and says so once', async () => {
    const sim = await simulateSession({
      config: (c) => c.manifests([deployment('api')]),
      ports(ports) {
        const leader = { verb: 'patch', status: 500, message: 'etcdserver: leader changed' } as const
        const settled = (ports.kubernetes as Simulation['kubernetes']).deny(leader)
        ports.clock.timer(1000, settled)
        return ports
      },
    })
    await sim.advance(4000)
    expect(last(sim, 'api')?.phase).toBe('succeeded')
    expect(sim.log('api').match(/leader changed; it is tried again/g)).toHaveLength(1)
  })

  it('gives up on a server that stays in trouble, with its words', async () => {
    const sim = await simulateSession({
      config: (c) => c.manifests([deployment('api')]),
      ports(ports) {
        const kubernetes = ports.kubernetes as Simulation['kubernetes']
        kubernetes.deny({ verb: 'patch', status: 500, message: 'failed calling webhook "check.shop.dev"' })
        return ports
      },
    })
    await sim.advance(15_000)
    expect(last(sim, 'api')).toMatchObject({ phase: 'failed' })
    expect(last(sim, 'api')?.error).toContain('failed calling webhook "check.shop.dev"')
  })

  it('CLU-01: a cluster that goes away in mid-apply is waited for, and the update begins again', async () => {
    const sim = await simulateSession({ config: (c) => c.manifests([deployment('api')]) })
    await sim.advance(1000)
    sim.kubernetes.goAway()
    await sim.reload((c) => c.manifests([deployment('api', 'busybox', { env: [{ name: 'A', value: '1' }] })]))
    await sim.advance(20_000)
    expect(sim.resource('api').hold?.reason).toBe('waiting-for-cluster')
    sim.kubernetes.comeBack()
    await sim.advance(20_000)
    expect(last(sim, 'api')?.phase).toBe('succeeded')
    expect(JSON.stringify(sim.kubernetes.object(placed(deployment('api'))))).toContain('"A"')
  })
})

describe('images on their way to the cluster', () => {
  const files = { 'api/Dockerfile': 'FROM busybox\nCOPY . /app', 'api/main.js': '1' }
  const shared: SimulateOptions['config'] = (c) => {
    c.image('shop/api', 'api')
    c.manifests([deployment('api', 'shop/api')])
  }
  const imageOf = (sim: Simulation): unknown =>
    JSON.stringify(sim.kubernetes.object(placed(deployment('api')))).match(/"image":"([^"]*)"/)?.[1]
  const said = (sim: Simulation): string =>
    sim
      .lines('')
      .map(({ message }) => message)
      .join('\n')
  const inRegistry: SimulateOptions['ports'] = (ports) => {
    const kubernetes = ports.kubernetes as Simulation['kubernetes']
    kubernetes.applyAs('setup', namespace('kube-public'))
    kubernetes.applyAs('setup', withRegistry)
    return ports
  }

  it('PUSH-01: go through the registry that the cluster names, by the name that its nodes have for it', async () => {
    const sim = await session({ config: shared, files, ports: inRegistry })
    expect(sim.resource('api').last).toBe('succeeded')
    const [pushed] = sim.docker.registry().keys()
    expect(pushed).toMatch(/^localhost:5001\/shop_api:tilt-[0-9a-f]{16}$/)
    expect(imageOf(sim)).toBe(pushed?.replace('localhost:5001', 'registry:5000'))
    expect(last(sim, 'api')?.steps.map(({ name }) => name)).toEqual(['image shop/api', `push ${pushed}`, 'deploy'])
    expect(sim.store.get('Cluster', 'default')?.status.registry).toEqual({
      host: 'localhost:5001',
      hostFromCluster: 'registry:5000',
      source: 'local-registry-hosting',
    })
  })

  it('REG-06: go through the registry of the cluster although the config names another, which is said', async () => {
    const sim = await session({
      config(c) {
        c.registry({ host: 'registry.example.com', singleName: 'dev' })
        shared(c)
      },
      files,
      ports: inRegistry,
    })
    expect([...sim.docker.registry().keys()]).toEqual([expect.stringMatching(/^localhost:5001\/shop_api:tilt-/)])
    expect(said(sim)).toContain('of the cluster; the one of defaultRegistry does not count here')
  })

  it('REG-04, REG-05: go through that of the config where the cluster names none, which nobody is warned of', async () => {
    const sim = await session({
      config(c) {
        c.registry({ host: 'registry.example.com', hostFromCluster: 'inside:5000', singleName: 'dev' })
        shared(c)
      },
      files,
    })
    const [pushed] = sim.docker.registry().keys()
    expect(pushed).toMatch(/^registry\.example\.com\/dev:api-tilt-[0-9a-f]{16}$/)
    expect(imageOf(sim)).toBe(pushed?.replace('registry.example.com', 'inside:5000'))
    expect(said(sim)).not.toContain('names no registry')
  })

  it('PUSH-05: are not pushed again when the registry has them, in a later session either', async () => {
    const records = fakeRecords()
    const first = await session({ config: shared, files, records, ports: inRegistry })
    await first.stop()
    let pushes = 0
    const pushed = (): void => {
      pushes += 1
    }
    const second = await session({
      config: shared,
      files,
      records,
      ports(ports) {
        const docker = { ...reopenedDocker(first), push: async () => pushed() }
        return { ...ports, docker, kubernetes: reopened(first) }
      },
    })
    expect(second.resource('api').last).toBe('succeeded')
    expect(pushes).toBe(0)
    expect(first.kubernetes.writes()).toHaveLength(1)
  })

  it('PUSH-05: are loaded into the nodes of kind where there is no registry', async () => {
    const loads: string[] = []
    const sim = await session({
      config: shared,
      files,
      programs: { kind: (self) => void loads.push(self.argv.slice(1).join(' ')) },
    })
    expect(last(sim, 'api')?.error).toBeUndefined()
    expect(loads).toEqual([`load docker-image ${imageOf(sim)} --name test`])
    expect(said(sim)).toContain('The cluster names no registry of its own')
  })

  it('PUSH-03: are not pushed when the cluster runs what the local engine has', async () => {
    const sim = await session({
      config: shared,
      files,
      kubernetes: {
        context: { name: 'docker-desktop', cluster: 'docker-desktop', product: 'docker-desktop' },
        info: { runtime: 'docker' },
      },
    })
    expect(sim.resource('api').last).toBe('succeeded')
    expect(sim.docker.registry().size).toBe(0)
    expect(sim.log('api')).toContain('is not pushed: the cluster runs the images of the local Docker engine')
    expect(imageOf(sim)).toMatch(/^shop\/api:tilt-/)
  })

  const desktop = { name: 'docker-desktop', cluster: 'docker-desktop', product: 'docker-desktop' } as const
  const keepsImages =
    (containerdImages: boolean): NonNullable<SimulateOptions['ports']> =>
    (ports) => ({
      ...ports,
      docker: { ...ports.docker, info: async (signal) => ({ ...(await ports.docker.info(signal)), containerdImages }) },
    })

  it('PUSH-05: are not loaded again when all nodes have them, in a later session either', async () => {
    const records = fakeRecords()
    const seen: string[] = []
    const programs = { kind: (self: { readonly argv: readonly string[] }) => void seen.push(self.argv.join(' ')) }
    const first = await session({ config: shared, files, records, programs })
    await first.stop()
    const next = async (): Promise<void> => {
      const ports: SimulateOptions['ports'] = (all) => ({ ...all, docker: first.docker, kubernetes: first.kubernetes })
      const sim = await session({ config: shared, files, records, programs, ports })
      expect(sim.resource('api').last).toBe('succeeded')
      await sim.stop()
    }
    const [node] = first.kubernetes.objects('Node')
    if (node === undefined) throw new Error('there is no node')
    const has = (...names: readonly string[]): void =>
      first.kubernetes.edit({ apiVersion: 'v1', kind: 'Node', namespace: '', name: node.metadata.name }, (object) => ({
        ...object,
        status: { ...(object['status'] as object), images: [{ names }] },
      }))
    has(`docker.io/${String(imageOf(first))}`)
    await next()
    expect(seen).toHaveLength(1)
    has('docker.io/library/other:1')
    await next()
    expect(seen).toHaveLength(2)
  })

  it('PUSH-04: are not pushed to a Docker Desktop that keeps all its images in one place', async () => {
    const sim = await session({
      config: shared,
      files,
      kubernetes: { context: desktop, info: { runtime: 'containerd' } },
      ports: keepsImages(true),
    })
    expect(sim.resource('api').last).toBe('succeeded')
    expect(sim.docker.registry().size).toBe(0)
  })

  it('PUSH-06: wait, with all that needs the cluster, for a Docker Desktop that cannot see them, and are told why', async () => {
    let together = false
    const sim = await session({
      config: shared,
      files,
      kubernetes: { context: desktop, info: { runtime: 'containerd' } },
      ports: (ports) => ({
        ...ports,
        docker: {
          ...ports.docker,
          info: async (signal) => ({ ...(await ports.docker.info(signal)), containerdImages: together }),
        },
      }),
    })
    expect(sim.resource('api').hold?.reason).toBe('waiting-for-cluster')
    expect(said(sim)).toContain('Use containerd for pulling and storing images')
    expect(sim.kubernetes.writes()).toEqual([])
    together = true
    await sim.advance(20_000)
    expect(sim.resource('api').last).toBe('succeeded')
  })

  it('PUSH-03: are not pushed when no resource of the cluster runs them, only images upon them', async () => {
    const sim = await session({
      config(c) {
        c.image('shop/base', 'base')
        c.image('shop/api', 'api')
        c.manifests([deployment('api', 'shop/api')])
      },
      files: { ...files, 'base/Dockerfile': 'FROM busybox', 'api/Dockerfile': 'FROM shop/base\nCOPY . /app' },
      ports: inRegistry,
    })
    expect(sim.resource('api').last).toBe('succeeded')
    expect([...sim.docker.registry().keys()]).toEqual([expect.stringContaining('/shop_api:')])
  })

  it('BLD-22: are pushed when any resource runs them, even if they are only a base for another', async () => {
    const sim = await session({
      config(c) {
        c.image('shop/base', 'base')
        c.image('shop/api', 'api')
        c.manifests([deployment('api', 'shop/api'), deployment('base', 'shop/base')])
      },
      files: { ...files, 'base/Dockerfile': 'FROM busybox', 'api/Dockerfile': 'FROM shop/base\nCOPY . /app' },
      ports: inRegistry,
    })
    const pushed = [...sim.docker.registry().keys()].map((name) => name.replace(/^.*\/(.*):.*$/, '$1'))
    expect(pushed.sort()).toEqual(['shop_api', 'shop_base'])
  })

  it('PUSH-05: a push that is refused fails the update, and nothing is applied', async () => {
    const sim = await session({ config: shared, files, ports: inRegistry })
    const writes = sim.kubernetes.writes().length
    sim.docker.refusePushes('no basic auth credentials')
    await sim.edit({ 'api/main.js': '2' })
    await sim.advance(1000)
    expect(last(sim, 'api')?.error).toContain('no basic auth credentials')
    expect(sim.kubernetes.writes()).toHaveLength(writes)
  })

  const loads = { kind: () => {} }

  it('INJ-03: take the place of what the manifests call otherwise, and of nothing else', async () => {
    const sim = await session({
      config(c) {
        c.image('shop/api', 'api')
        c.manifests([deployment('api', 'elsewhere/api:1')])
        c.k8sResource('api', { image: 'shop/api' })
      },
      files,
      programs: loads,
    })
    expect(last(sim, 'api')?.error).toBeUndefined()
    expect(imageOf(sim)).toMatch(/^shop\/api:tilt-/)
  })

  it('RST-02: have the helper in front of the command of their container, where their process is restarted in place', async () => {
    const started = async (more: Readonly<Record<string, unknown>>): Promise<unknown> => {
      const sim = await session({
        config(c) {
          c.image('shop/api', 'api', { liveUpdate: { syncs: { api: '/app' }, restart: 'process' } })
          c.manifests([deployment('api', 'shop/api', more)])
        },
        files: { ...files, 'api/Dockerfile': 'FROM busybox\nCOPY . /app\nCMD ["serve"]' },
        programs: loads,
      })
      expect(last(sim, 'api')?.error).toBeUndefined()
      return JSON.stringify(sim.kubernetes.object(placed(deployment('api')))).match(/"command":(\[[^\]]*\])/)?.[1]
    }
    expect(await started({ command: ['serve', 'dev'] })).toBe(
      '["/.tiltts/helper","wrap","--on-exit=end","--","serve","dev"]',
    )
    expect(await started({ args: ['-v'] })).toBeUndefined()
  })

  it('BLD-04: are built for the processors of the cluster', async () => {
    const platforms: (string | undefined)[] = []
    await session({
      config: shared,
      files,
      kubernetes: { info: { arch: 'arm64' } },
      programs: { kind: () => {} },
      ports: (ports) => ({
        ...ports,
        docker: {
          ...ports.docker,
          build(request, onEvent, signal) {
            platforms.push(request.platform)
            return ports.docker.build(request, onEvent, signal)
          },
        },
      }),
    })
    expect(platforms).toEqual(['linux/arm64'])
  })
})

/** The cluster of a session that has ended, as the next one finds it. */
function reopened({ kubernetes }: Simulation): Simulation['kubernetes'] {
  return kubernetes
}

function reopenedDocker({ docker }: Simulation): Simulation['docker'] {
  return docker
}
