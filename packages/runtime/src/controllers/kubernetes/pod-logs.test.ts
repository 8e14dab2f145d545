import { afterEach, expect, it } from 'vitest'
import type { FakeContainerProgram } from '../../testing/fake-docker-programs.js'
import { container, deployment, type PodWorld, podWorld } from './pods.test.support.js'

const open: PodWorld[] = []
const world = async (...args: Parameters<typeof podWorld>): Promise<PodWorld> => {
  const made = await podWorld(...args)
  open.push(made)
  return made
}
afterEach(() => {
  for (const made of open.splice(0)) {
    expect(made.errors).toEqual([])
    made.close()
  }
})

const says =
  (text: string, code = 0): FakeContainerProgram =>
  (self) => {
    self.stdout(`${text}\n`)
    return code
  }
const never = new AbortController().signal
const printed = (log: string, what: string): number => log.split('\n').filter((line) => line.includes(what)).length

it('LOG-01: streams all containers of all pods, by name where there are several', async () => {
  const w = await world({ programs: { migrate: says('migrated') } })
  const pods = {
    initContainers: [container('migrate', ['migrate'])],
    containers: [container('main'), container('side')],
  }
  await w.declare('web', [deployment('web', pods)])
  await w.declare('api', [deployment('api', { replicas: 2 })])
  await w.deploy('web')
  await w.deploy('api')
  await w.advance(200)
  w.kubernetes.print(w.target('web'), 'from main\n')
  w.kubernetes.print(w.target('web', 'side'), 'from side\n')
  for (const { name } of w.status('api').pods)
    w.kubernetes.print({ namespace: 'shop', pod: name, container: 'main' }, 'alone\n')
  await w.settled()
  const lines = w.log('web').split('\n')
  expect(lines).toContain('[migrate] migrated')
  expect(lines).toContain('[main] from main')
  expect(lines).toContain('[side] from side')
  expect(
    w
      .log('api')
      .split('\n')
      .filter((line) => line === 'alone'),
  ).toHaveLength(2)
})

it('LOG-01: leaves out what service meshes put into pods, and does not count them', async () => {
  const w = await world({ programs: { mesh: says('mesh') } })
  const containers = [container('main'), container('istio-proxy', ['mesh']), container('linkerd-proxy', ['mesh'])]
  await w.declare('web', [deployment('web', { containers })])
  await w.deploy('web')
  await w.advance(200)
  w.kubernetes.print(w.target('web'), 'hello\n')
  await w.settled()
  expect(w.log('web').split('\n')).toContain('hello')
  expect(w.log('web')).not.toContain('mesh\n')
})

it('LOG-01: tells of a pod that was there before only what it says from now on', async () => {
  const w = await world({
    before: async ({ kubernetes, clock }) => {
      await kubernetes.apply({ object: deployment('web'), force: true }, never)
      await clock.advance(200)
      const [pod = ''] = kubernetes.pods('shop')
      kubernetes.print({ namespace: 'shop', pod, container: 'main' }, 'long ago\n')
      await clock.advance(5_000)
    },
  })
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(100)
  w.kubernetes.print(w.target('web'), 'just now\n')
  await w.settled()
  expect(w.log('web')).toContain('just now')
  expect(w.log('web')).not.toContain('long ago')
})

it('tells all runs of a container that crashes, each line once', async () => {
  let run = 0
  const w = await world({
    programs: {
      crash(self) {
        run += 1
        self.stdout(`run ${run} begins\nrun ${run} ends\n`)
        return 3
      },
    },
  })
  await w.declare('web', [deployment('web', { containers: [container('main', ['crash'])] })])
  await w.deploy('web')
  await w.advance(35_000)
  expect(run).toBeGreaterThan(2)
  for (let each = 1; each <= run; each++) {
    expect(printed(w.log('web'), `run ${each} begins`)).toBe(1)
    expect(printed(w.log('web'), `run ${each} ends`)).toBe(1)
  }
})

it('reads the log of a run that was over before it could be read', async () => {
  let run = 0
  const w = await world({
    programs: {
      once(self) {
        run += 1
        self.stdout(`run ${run}\n`)
        return run === 1 ? 3 : self.forever()
      },
    },
  })
  const allow = w.kubernetes.deny({ verb: 'logs', status: 500, message: 'the node cannot be reached' })
  await w.declare('web', [deployment('web', { containers: [container('main', ['once'])] })])
  await w.deploy('web')
  await w.advance(200)
  expect(run).toBe(2)
  allow()
  await w.advance(2_000)
  expect(printed(w.log('web'), 'run 1')).toBe(1)
  expect(printed(w.log('web'), 'run 2')).toBe(1)
})

it('takes up the streams again when the cluster was away, without a gap and without saying anything twice', async () => {
  const w = await world()
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(100)
  const target = w.target('web')
  w.kubernetes.print(target, 'before\n')
  await w.advance(10)
  w.kubernetes.goAway()
  w.kubernetes.print(target, 'meanwhile\n')
  await w.advance(5_000)
  w.kubernetes.comeBack()
  await w.advance(12_000)
  w.kubernetes.print(target, 'after\n')
  await w.advance(10)
  expect(
    w
      .log('web')
      .split('\n')
      .filter((line) => /^(before|meanwhile|after)$/.test(line)),
  ).toEqual(['before', 'meanwhile', 'after'])
})

it('says once that the logs of a resource may not be read, and goes on with the others', async () => {
  const w = await world()
  w.kubernetes.deny({ verb: 'logs', kind: 'Pod', message: 'pods/log is forbidden: User "dev" cannot get it' })
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(60_000)
  expect(printed(w.log('web'), 'cannot be read')).toBe(1)
  expect(w.log('web')).toContain('pods/log is forbidden')
})

it('reads no more when the session ends', async () => {
  const w = await world()
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(100)
  const target = w.target('web')
  w.podLogs.close()
  w.kubernetes.print(target, 'too late\n')
  await w.advance(100)
  expect(w.log('web')).not.toContain('too late')
  expect(w.tasks.count).toBe(0)
})

it('API-79: the first container of a pod speaks in the span that its row names, the others beside it', async () => {
  const w = await world()
  await w.declare('web', [deployment('web', { containers: [container('main'), container('side')] })])
  await w.deploy('web')
  await w.advance(200)
  for (const name of ['main', 'side']) w.kubernetes.print(w.target('web', name), `from ${name}\n`)
  await w.settled()
  const spanOf = (text: string): string | undefined =>
    w.logs.tail('web', 100).find(({ message }) => message.includes(text))?.spanId
  expect(spanOf('from main')).toBe(`pod:web:${w.pod('web')}`)
  expect(spanOf('from side')).toBe(`pod:web:${w.pod('web')}:side`)
})
