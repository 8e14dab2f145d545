import { describe, expect, it } from 'vitest'
import { dockerBuild } from './docker-build.js'
import { after } from './edges.js'
import { k8sForward } from './k8s-forward.js'
import { k8sResource, workloadToResourceFunction } from './k8s-resource.js'
import { localResource } from './local-resource.js'
import { link } from './resource-options.js'
import { type Evaluated, evaluate } from './testing/evaluate.js'

const anything = (value: unknown): never => value as never
const place = expect.objectContaining({ file: expect.stringContaining('k8s-resource.test.ts') })
const messages = ({ errors }: Evaluated): readonly string[] => errors.map(({ message }) => message)
const machine = { apiVersion: 'example.com/v1', kind: 'Machine', metadata: { name: 'm' } }

async function called(evaluated: Evaluated, id: string, ...args: readonly unknown[]): Promise<unknown> {
  const fn = evaluated.collector.functionOf(id) as ((...args: readonly unknown[]) => unknown) | undefined
  return fn?.(...structuredClone(args))
}

async function complaint(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return (error as { readonly diagnostics?: readonly unknown[] } | undefined)?.diagnostics
}

describe('k8sResource', () => {
  it('KR-01: keeps all that is said of a workload', async () => {
    const { graph, folder } = await evaluate(
      () => {
        const image = dockerBuild('shop/api', '.')
        const db = localResource('db', { cmd: 'true' })
        k8sResource('api', {
          newName: 'backend',
          image,
          portForwards: 8080,
          objects: ['settings:configmap', false],
          extraPodSelectors: { app: 'api' },
          podReadiness: 'ignore',
          discoveryStrategy: 'selectors-only',
          labels: 'x',
          links: link('localhost:1', 'L'),
          resourceDeps: [db, after('migrations')],
          triggerMode: 'manual',
          autoInit: false,
          readyTimeout: '1m',
          onDown: ['bye'],
        })
      },
      { files: { Dockerfile: 'FROM scratch' } },
    )
    expect(graph().kubernetes?.resources).toEqual([
      {
        workload: { name: 'api', place },
        newName: 'backend',
        image: { name: 'shop/api', place },
        portForwards: [{ localPort: 8080 }],
        objects: ['settings:configmap'],
        extraPodSelectors: [{ app: 'api' }],
        podReadiness: 'ignore',
        discoveryStrategy: 'selectors-only',
        labels: ['x'],
        links: [{ url: 'http://localhost:1', name: 'L' }],
        dependencies: [
          { name: 'db', edge: 'first', place },
          { name: 'migrations', edge: 'after', place },
        ],
        triggerMode: 'manual',
        autoInit: false,
        readyTimeoutMs: 60_000,
        onDown: { command: { argv: ['bye'], display: 'bye' }, dir: folder, env: {} },
        place,
      },
    ])
    expect(structuredClone(graph())).toEqual(graph())
  })

  it('KR-04: leaves open what a call does not say, so that calls for one name add up', async () => {
    const evaluated = await evaluate(() => {
      k8sResource('api', { autoInit: false, onDown: () => undefined })
      k8sResource('api', { onDown: () => undefined })
    })
    const nodes = evaluated.graph().kubernetes?.resources ?? []
    expect(nodes.map(({ autoInit, triggerMode, podReadiness }) => [autoInit, triggerMode, podReadiness])).toEqual([
      [false, undefined, undefined],
      [undefined, undefined, undefined],
    ])
    const ids = nodes.map(({ onDown }) => onDown && 'fn' in onDown.command && onDown.command.fn.$fn)
    expect(ids).toEqual(['k8s:api/onDown', 'k8s:api/onDown#2'])
  })

  it('KR-02: makes a resource of objects, which needs a name and an object', async () => {
    const { graph } = await evaluate(() => k8sResource({ newName: 'infra', objects: 'ns:namespace' }))
    expect(graph().kubernetes?.resources).toMatchObject([{ newName: 'infra', objects: ['ns:namespace'] }])
    expect(graph().kubernetes?.resources[0]?.workload).toBeUndefined()
    const wrong = await evaluate(() => {
      k8sResource(anything({ newName: 'x' }))
      k8sResource({ newName: 'x', objects: [] })
      k8sResource(anything({ objects: ['x'] }))
      k8sResource('')
      k8sResource(anything(undefined))
    })
    const nameless = 'k8sResource(): expected the name of a workload, or newName and objects'
    const empty = 'k8sResource("x") names neither a workload nor objects'
    expect(messages(wrong)).toEqual([empty, empty, nameless, nameless, nameless])
  })

  it('hands out the name that the resource will have', async () => {
    const { graph } = await evaluate(() => {
      const renamed = k8sResource('api', { newName: 'backend' })
      localResource('a', { cmd: 'true', resourceDeps: [renamed, k8sResource('web')] })
    })
    expect(graph().resources[0]?.dependencies.map(({ name }) => name)).toEqual(['backend', 'web'])
  })

  it('KR-09: takes selectors of pods as labels, one or several, and refuses others', async () => {
    const { graph } = await evaluate(() => k8sResource('api', { extraPodSelectors: [{ a: 'b' }, { c: 'd' }] }))
    expect(graph().kubernetes?.resources[0]?.extraPodSelectors).toEqual([{ a: 'b' }, { c: 'd' }])
    const wrong = await evaluate(() => {
      for (const one of [{ a: 1 }, {}, 'a=b']) k8sResource('api', { extraPodSelectors: anything(one) })
    })
    expect(wrong.errors).toHaveLength(3)
  })

  it('KR-10: refuses other modes of readiness and discovery', async () => {
    const evaluated = await evaluate(() => {
      k8sResource('api', { podReadiness: anything('maybe') })
      k8sResource('api', { discoveryStrategy: anything('all') })
    })
    expect(messages(evaluated)).toEqual([
      `k8sResource("api"): \`podReadiness\` must be 'wait' or 'ignore' or 'succeeded', but it is "maybe"`,
      `k8sResource("api"): \`discoveryStrategy\` must be 'default' or 'selectors-only', but it is "all"`,
    ])
  })

  it('KR-12: refuses labels that Kubernetes would not take, and empty links', async () => {
    const evaluated = await evaluate(() => {
      k8sResource('api', { labels: ['good-1', 'a/b', '-a', 'x'.repeat(64)] })
      k8sResource('api', { links: [{ url: ' ' }] })
    })
    expect(evaluated.errors).toHaveLength(4)
  })
})

describe('readyWhen', () => {
  it('is asked with an object, and a field that is not there means no', async () => {
    const evaluated = await evaluate(() => k8sResource('m', { readyWhen: ({ status }) => status?.ready }))
    expect(evaluated.graph().kubernetes?.resources[0]?.readyWhen?.$fn).toBe('k8s:m/readyWhen')
    const answers = [undefined, { ready: false }, { ready: true }].map((status) =>
      called(evaluated, 'k8s:m/readyWhen', { ...machine, status }),
    )
    expect(await Promise.all(answers)).toEqual([false, false, true])
  })

  it('names the object when it throws or says neither yes nor no', async () => {
    const evaluated = await evaluate(() => k8sResource('m', { readyWhen: ({ status }) => status.phase }))
    expect(await complaint(called(evaluated, 'k8s:m/readyWhen', machine))).toMatchObject([
      {
        message: expect.stringContaining('k8sResource("m"): readyWhen of Machine/m: TypeError'),
        places: expect.arrayContaining([place]),
      },
    ])
    const answer = called(evaluated, 'k8s:m/readyWhen', { ...machine, status: { phase: 'Up' } })
    expect(await complaint(answer)).toMatchObject([
      { message: 'k8sResource("m"): readyWhen of Machine/m must return true or false, but it returned "Up"' },
    ])
  })
})

describe('workloadToResourceFunction', () => {
  const id = { name: 'api', kind: 'Deployment', namespace: 'shop', group: 'apps' }

  it('KN-03: names a whole list, and of several calls the last one counts', async () => {
    const evaluated = await evaluate(() => {
      workloadToResourceFunction(() => 'first')
      workloadToResourceFunction(({ name, namespace, kind, group }) => [namespace, name, kind, group].join('-'))
    })
    const fn = evaluated.graph().kubernetes?.nameWorkloads?.fn.$fn ?? ''
    expect(await called(evaluated, fn, [id, { ...id, name: 'web' }])).toEqual([
      'shop-api-Deployment-apps',
      'shop-web-Deployment-apps',
    ])
  })

  it('KN-03: takes a function of one argument that returns a name', async () => {
    const wrong = await evaluate(() => {
      workloadToResourceFunction(anything((a: unknown, b: unknown) => [a, b]))
      workloadToResourceFunction(anything('api'))
    })
    expect(messages(wrong)).toEqual([
      'workloadToResourceFunction(): expected a function of one argument, got one of 2',
      'workloadToResourceFunction(): expected a function of one argument, got "api"',
    ])
    const evaluated = await evaluate(() => workloadToResourceFunction(anything(() => 7)))
    expect(await complaint(called(evaluated, 'k8s:name', [id]))).toMatchObject([
      {
        message:
          'workloadToResourceFunction(): the name of Deployment/api must be a string that is not empty, but it is 7',
        places: [place],
      },
    ])
  })
})

describe('k8sForward', () => {
  it('KR-07: is a resource with a target, and leaves the host to the session', async () => {
    const { graph } = await evaluate(() => {
      k8sForward('grafana', {
        target: 'svc/grafana',
        namespace: 'monitoring',
        portForwards: '3000:80',
        labels: 'tools',
      })
      k8sForward('db', { target: 'statefulset/db', portForwards: [1, '0.0.0.0:2:3'], autoInit: false })
    })
    expect(graph().kubernetes?.forwards).toMatchObject([
      {
        kind: 'k8s-forward',
        name: 'grafana',
        place,
        labels: ['tools'],
        autoInit: true,
        target: { kind: 'service', name: 'grafana', namespace: 'monitoring' },
        portForwards: [{ localPort: 3000, containerPort: 80 }],
      },
      {
        name: 'db',
        autoInit: false,
        target: { kind: 'statefulset', name: 'db' },
        portForwards: [{ localPort: 1 }, { localPort: 2, containerPort: 3, host: '0.0.0.0' }],
      },
    ])
    expect(graph().resources).toEqual([])
  })

  it('refuses other targets, no port, and a name that another resource has', async () => {
    const evaluated = await evaluate(() => {
      localResource('taken', { cmd: 'true' })
      k8sForward('a', { target: anything('grafana'), portForwards: 1 })
      k8sForward('b', { target: anything('node/x'), portForwards: 1 })
      k8sForward('c', anything({ portForwards: 1 }))
      k8sForward('d', anything({ target: 'svc/x' }))
      k8sForward('e', { target: 'svc/x', portForwards: [] })
      k8sForward('taken', { target: 'svc/x', portForwards: 1 })
    })
    expect(messages(evaluated)).toEqual([
      expect.stringContaining('k8sForward("a"): `target` must be a kind and a name'),
      expect.stringContaining('k8sForward("b"): `target` must be a kind and a name'),
      'k8sForward("c") has no target',
      'k8sForward("d") has no port',
      'k8sForward("e") has no port',
      'There is a local resource called `taken` already',
    ])
  })
})
