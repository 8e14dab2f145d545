import type { KubernetesManifest, PortForwardsSpec } from '@tiltts/spec'
import { afterEach, expect, it } from 'vitest'
import { disableSourceOf } from '../switch-state.js'
import { container, deployment, type PodWorld, podWorld } from './pods.test.support.js'

const open: PodWorld[] = []
afterEach(async () => {
  for (const made of open.splice(0)) {
    expect(made.errors).toEqual([])
    await made.forwards.close()
    made.close()
  }
})

const never = new AbortController().signal
type Forward = Partial<PortForwardsSpec['forwards'][number]> & { readonly localPort: number }

interface ForwardWorld extends PodWorld {
  forward(forwards: readonly Forward[], target?: PortForwardsSpec['target']): Promise<void>
  states(): NonNullable<ReturnType<PodWorld['store']['get']>>['status']
}

/** A Deployment `web` that answers on some ports with its pod's name and what it was asked. */
async function world(answers: readonly number[] = [80], containers = [container('main')]): Promise<ForwardWorld> {
  const w = await podWorld()
  open.push(w)
  for (const port of answers)
    w.kubernetes.serve(port, async (connection) => {
      let asked = ''
      for await (const chunk of connection.input) asked += Buffer.from(chunk).toString()
      connection.write(`${connection.pod}:${port} ${asked}`)
      connection.end()
    })
  await w.declare('web', [deployment('web', { containers })])
  return {
    ...w,
    async forward(forwards, target) {
      const spec: PortForwardsSpec = {
        forwards: forwards.map((one) => ({ host: 'localhost', ...one })),
        discovery: 'web',
        disableSource: disableSourceOf('web'),
        ...(target !== undefined && { target }),
      }
      w.store.update({ by: 'test' }, (tx) => tx.put('PortForward', 'web', spec, { forwards: [] }))
      await w.settled()
    },
    states: () => w.store.get('PortForward', 'web')?.status ?? { forwards: [] },
  }
}

/** Opens a connection, sends a text and the end, and waits for all that comes back. */
const ask = (w: ForwardWorld, port: number, text: string): Promise<string> => {
  const client = w.listeners.connect(port)
  client.send(text)
  client.end()
  return client.received
}
const isOpen = (w: ForwardWorld, port: number): boolean => w.listeners.ports().includes(port)

const asked = async (w: ForwardWorld, port: number): Promise<string> => {
  const answer = ask(w, port, 'hello')
  answer.catch(() => {})
  await w.advance(1)
  return answer
}

it('PF-01: leads each connection to the pod that is there when it is made', async () => {
  const w = await world()
  await w.deploy('web')
  await w.advance(100)
  await w.forward([{ localPort: 8080, containerPort: 80 }])
  const first = w.pod('web')
  expect(await asked(w, 8080)).toBe(`${first}:80 hello`)
  w.kubernetes.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: first })
  await w.advance(200)
  const second = w.pod('web')
  expect(second).not.toBe(first)
  expect(await asked(w, 8080)).toBe(`${second}:80 hello`)
  expect(w.states()).toMatchObject({
    forwards: [{ localPort: 8080, containerPort: 80, host: 'localhost', pod: second }],
  })
})

it('listens before there is a pod, and lets connections wait for one', async () => {
  const w = await world()
  await w.forward([{ localPort: 8080, containerPort: 80 }])
  expect(isOpen(w, 8080)).toBe(true)
  const answer = ask(w, 8080, 'early')
  await w.advance(500)
  await w.deploy('web')
  await w.advance(200)
  expect(await answer).toBe(`${w.pod('web')}:80 early`)
})

it('breaks a connection off that no pod takes within 10 s, and says so', async () => {
  const w = await world()
  await w.forward([{ localPort: 8080, containerPort: 80 }])
  const answer = ask(w, 8080, 'hello').catch((error: Error) => error.message)
  await w.advance(10_500)
  expect(await answer).toBe('the connection was broken off')
  expect(w.states()).toMatchObject({ forwards: [{ error: 'no pod runs', connections: 0 }] })
  expect(w.log('web')).toContain('Port forward localhost:8080: no pod runs')
})

it('breaks a connection off that the pod refuses, and takes the next one', async () => {
  const w = await world([])
  await w.deploy('web')
  await w.advance(100)
  await w.forward([{ localPort: 8080, containerPort: 80 }])
  await expect(asked(w, 8080)).rejects.toThrow('the connection was broken off')
  await w.advance(300)
  expect(w.states()).toMatchObject({ forwards: [{ error: expect.stringContaining('connection refused') }] })
  w.kubernetes.serve(80, (connection) => {
    connection.write('now')
    connection.end()
  })
  expect(await asked(w, 8080)).toBe('now')
  await w.advance(300)
  expect(w.log('web')).toContain('Port forward localhost:8080 works')
})

it('lets a connection wait that a pod does not take before it is ready, and sends all of it once it does', async () => {
  const w = await world([])
  await w.deploy('web')
  await w.advance(100)
  w.kubernetes.ready({ namespace: 'shop', pod: w.pod('web'), container: 'main' }, false)
  await w.advance(100)
  await w.forward([{ localPort: 8080, containerPort: 80 }])
  const answer = ask(w, 8080, 'hello')
  await w.advance(1000)
  w.kubernetes.serve(80, async (connection) => {
    for await (const chunk of connection.input) connection.write(`got ${Buffer.from(chunk).toString()}`)
    connection.end()
  })
  w.kubernetes.ready({ namespace: 'shop', pod: w.pod('web'), container: 'main' }, true)
  await w.advance(100)
  expect(await answer).toBe('got hello')
})

it('breaks off only the connections to a pod that goes', async () => {
  const w = await world([])
  w.kubernetes.serve(80, () => {})
  await w.deploy('web')
  await w.advance(100)
  await w.forward([{ localPort: 8080, containerPort: 80 }])
  const hanging = ask(w, 8080, 'hello').catch((error: Error) => error.message)
  await w.advance(300)
  expect(w.states()).toMatchObject({ forwards: [{ connections: 1 }] })
  w.kubernetes.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: w.pod('web') })
  await w.advance(500)
  expect(await hanging).toBe('the connection was broken off')
  expect(w.states()).toMatchObject({ forwards: [{ connections: 0, localPort: 8080 }] })
  expect(isOpen(w, 8080)).toBe(true)
})

it('PF-03: says who has a port, and takes it as soon as it is free', async () => {
  const w = await world()
  const letGo = w.listeners.occupy(8080, 'node (pid 77)')
  await w.deploy('web')
  await w.advance(100)
  await w.forward([{ localPort: 8080, containerPort: 80 }])
  expect(w.states()).toMatchObject({ forwards: [{ error: 'port 8080 of localhost is taken by node (pid 77)' }] })
  await w.advance(20_000)
  expect(
    w
      .log('web')
      .split('\n')
      .filter((line) => line.includes('pid 77')),
  ).toHaveLength(1)
  letGo()
  await w.advance(15_000)
  expect(await asked(w, 8080)).toContain('hello')
  expect(w.states()).not.toMatchObject({ forwards: [{ error: expect.anything() }] })
})

it('PF-03: tells the port that was chosen where any would do, and keeps it', async () => {
  const w = await world()
  await w.deploy('web')
  await w.advance(100)
  await w.forward([{ localPort: 0, containerPort: 80 }])
  expect(w.states()).toMatchObject({ forwards: [{ localPort: 40_000 }] })
  await w.forward([{ localPort: 0, containerPort: 80, name: 'renamed' }])
  expect(w.states()).toMatchObject({ forwards: [{ localPort: 40_000 }] })
  expect(await asked(w, 40_000)).toContain(':80 hello')
})

it('KR-08, PF-06: finds out the port of the container where none is named', async () => {
  const ports = [{ containerPort: 9000 }, { containerPort: 8081 }]
  const w = await world([9000, 8081], [{ ...container('main'), ports }])
  await w.deploy('web')
  await w.advance(100)
  await w.forward([{ localPort: 8081 }, { localPort: 7777 }])
  expect(await asked(w, 8081)).toContain(':8081 hello')
  expect(await asked(w, 7777)).toContain(':9000 hello')
})

it('leads to the pods of a Service, by the name of its target port', async () => {
  const w = await world([3000], [{ ...container('main'), ports: [{ name: 'http', containerPort: 3000 }] }])
  const service: KubernetesManifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'front', namespace: 'shop' },
    spec: { selector: { app: 'theirs' }, ports: [{ port: 80, targetPort: 'http' }] },
  }
  await w.kubernetes.apply({ object: service, force: true }, never)
  const ports = [{ name: 'http', containerPort: 3000 }]
  const theirs = deployment('theirs', { containers: [{ ...container('main'), ports }] })
  await w.kubernetes.apply({ object: theirs, force: true }, never)
  const target = { kind: 'service', name: 'front' } as const
  await w.declare('web', [], { spec: { target, namespaces: ['shop'] } })
  await w.advance(200)
  await w.forward([{ localPort: 8080, containerPort: 80 }], target)
  expect(await asked(w, 8080)).toMatch(/^theirs-.*:3000 hello$/)
})

it('leads to the pods of a Deployment that somebody else has deployed', async () => {
  const w = await world([3000])
  await w.kubernetes.apply({ object: deployment('theirs'), force: true }, never)
  const target = { kind: 'deployment', name: 'theirs' } as const
  await w.declare('web', [], { spec: { target, namespaces: ['shop'] } })
  await w.advance(200)
  await w.forward([{ localPort: 3000 }], target)
  expect(await asked(w, 3000)).toMatch(/^theirs-.*:3000 hello$/)
})

it('listens only as long as the resource is switched on and the forward is in the config', async () => {
  const w = await world()
  await w.forward([{ localPort: 8080 }, { localPort: 8081 }])
  await w.forward([{ localPort: 8081 }])
  expect([isOpen(w, 8080), isOpen(w, 8081)]).toEqual([false, true])
  await w.enable('web', false)
  expect(isOpen(w, 8081)).toBe(false)
  await w.enable('web', true)
  expect(isOpen(w, 8081)).toBe(true)
  await w.forwards.close()
  expect(isOpen(w, 8081)).toBe(false)
})
