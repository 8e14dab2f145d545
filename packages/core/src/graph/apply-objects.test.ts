import { annotation, type Cmd, type Kind } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { compileIgnore } from '../paths/compile-ignore.js'
import { createStore } from '../store/create-store.js'
import type { ObjectStore } from '../store/types.js'
import { applyObjects } from './apply-objects.js'
import { choose, graphOf, linkGood, local, serveStep, step } from './graph.test.support.js'
import { toObjects } from './to-objects.js'

const owner = '(Tiltfile)'
const by = { by: 'test' }

function newStore(): ObjectStore {
  let uids = 0
  return createStore({ now: () => 0, uid: () => String(++uids) })
}

interface Load {
  readonly command?: 'dev' | 'ci'
  readonly keepSwitches?: boolean
}

/** What a config load does. */
function load(store: ObjectStore, graph: ReturnType<typeof graphOf>, { command = 'dev', ...options }: Load = {}): void {
  const desired = toObjects(linkGood(graph), { command })
  store.update(by, (tx) => applyObjects(tx, desired, owner, options))
}

function namesIn(store: ObjectStore): readonly string[] {
  const all: readonly Kind[] = ['Resource', 'ConfigMap', 'FileWatch', 'Cmd']
  return all.flatMap((kind) => store.list(kind).map((object) => `${kind}/${object.metadata.name}`))
}

const switchOf = (store: ObjectStore, name: string) =>
  store.get('ConfigMap', `${name}-disable`)?.spec.data['isDisabled']

const api = local('api', { cmd: step('make'), serve: serveStep('run'), deps: ['/shop/api'] })

describe('toObjects', () => {
  it('makes a Resource, its switch, and what it has of a watch, a command and a server', () => {
    const store = newStore()
    load(store, graphOf([api, local('db', { cmd: undefined, serve: serveStep('pg') })]))
    expect(namesIn(store)).toEqual([
      'Resource/api',
      'Resource/db',
      'ConfigMap/api-disable',
      'ConfigMap/db-disable',
      'FileWatch/api',
      'Cmd/api:update',
      'Cmd/api:serve',
      'Cmd/db:serve',
    ])
    const everyone = ['Resource', 'ConfigMap', 'FileWatch', 'Cmd'] as const
    for (const { metadata } of everyone.flatMap((kind) => [...store.ofResource(kind, 'api')]))
      expect(metadata.annotations).toEqual({ [annotation.resource]: 'api', [annotation.managedBy]: owner })
  })

  it('watches nothing in ci', () => {
    const store = newStore()
    load(store, graphOf([api]), { command: 'ci' })
    expect(store.list('FileWatch')).toEqual([])
    expect(store.list('Cmd')).toHaveLength(2)
  })

  it('describes commands that are not asked to run yet', () => {
    const store = newStore()
    const fn = { fn: { $fn: 'local:api/cmd', hash: '1' }, display: 'build()' }
    const node = local('api', {
      cmd: step('', { command: fn, env: { A: '1' } }),
      serve: serveStep('run', { restart: 'on-failure', stopGraceMs: 5 }),
    })
    load(store, graphOf([node], { env: { B: '2' } }))
    const disableSource = { configMap: { name: 'api-disable', key: 'isDisabled' } }
    expect(store.get('Cmd', 'api:update')?.spec).toEqual({
      args: ['build()'],
      function: { $fn: 'local:api/cmd', hash: '1' },
      dir: '/shop',
      env: ['B=2', 'A=1'],
      role: 'job',
      disableSource,
    })
    expect(store.get('Cmd', 'api:serve')?.spec).toEqual({
      args: ['sh', '-c', 'run'],
      dir: '/shop',
      env: ['B=2'],
      role: 'server',
      restart: 'on-failure',
      stopGraceMs: 5,
      disableSource,
    })
    expect(store.get('Cmd', 'api:serve')?.status).toMatchObject({ ready: false, restarts: 0 })
  })

  it('SEL-04: resources that were not chosen are there, disabled', () => {
    const store = newStore()
    load(store, graphOf([local('a'), local('b')], choose('b')))
    expect([switchOf(store, 'a'), switchOf(store, 'b')]).toEqual(['true', 'false'])
    expect(store.get('Resource', 'a')?.status.enabled).toBe('disabled')
    expect(store.get('Resource', 'b')?.status.enabled).toBe('enabled')
  })

  it('IGN-06: patterns for all watches go to every watch and leave the definition of a resource alone', () => {
    const store = newStore()
    const watchIgnores = [{ basePath: '/shop', patterns: ['**/tmp'] }]
    const own = [{ basePath: '/shop', patterns: ['*.md'] }]
    const nodes = [local('a', { deps: ['/shop/a'], ignores: own }), local('b', { deps: ['/shop/b'] })]
    load(store, graphOf(nodes, { watchIgnores }))
    expect(store.get('FileWatch', 'a')?.spec).toMatchObject({
      watchedPaths: ['/shop/a'],
      ignores: [...own, ...watchIgnores],
    })
    expect(store.get('FileWatch', 'b')?.spec.ignores).toEqual(watchIgnores)
    expect(store.get('Resource', 'a')?.spec.local?.ignores).toEqual(own)
  })

  it('keeps what a resource writes from triggering it, whatever the name of the file', () => {
    const store = newStore()
    const outputs = ['/shop/a/dist', '/shop/a/[x]*.js', '/shop/a/!b']
    load(store, graphOf([local('a', { deps: ['/shop/a'], outputs })]))
    const { ignored } = compileIgnore(store.get('FileWatch', 'a')?.spec.ignores ?? [])
    expect([...outputs, '/shop/a/dist/x'].filter((path) => !ignored(path))).toEqual([])
    expect(['/shop/a', '/shop/a/dist2', '/shop/a/x.js', '/shop/a/b'].filter(ignored)).toEqual([])
  })
})

describe('applyObjects', () => {
  it('EVAL-14: adds resources that are new and removes those that are gone, with all their objects', () => {
    const store = newStore()
    load(store, graphOf([api, local('old')]))
    load(store, graphOf([api, local('new')]))
    expect(store.list('Resource').map((resource) => resource.metadata.name)).toEqual(['api', 'new'])
    expect(namesIn(store).filter((name) => name.includes('old'))).toEqual([])
    expect(namesIn(store)).toContain('Cmd/new:update')
  })

  it('removes the parts of a resource that it no longer has', () => {
    const store = newStore()
    load(store, graphOf([api]))
    load(store, graphOf([{ ...api, serve: undefined, deps: [] }]))
    expect(namesIn(store)).toEqual(['Resource/api', 'ConfigMap/api-disable', 'Cmd/api:update'])
  })

  it('changes nothing when the graph is the same', () => {
    const store = newStore()
    load(store, graphOf([api, local('db')]))
    const { revision } = store
    load(store, graphOf([api, local('db')]))
    expect(store.revision).toBe(revision)
  })

  it('replaces the spec of a changed resource and keeps its status', () => {
    const store = newStore()
    load(store, graphOf([api]))
    store.update(by, (tx) => tx.status('Resource', 'api', (status) => ({ ...status, started: true })))
    load(store, graphOf([{ ...api, labels: ['x'] }]))
    expect(store.get('Resource', 'api')).toMatchObject({ spec: { labels: ['x'] }, status: { started: true } })
  })

  it('leaves a run alone: the spec of a Cmd that is there belongs to who runs it', () => {
    const store = newStore()
    load(store, graphOf([api]))
    store.update(by, (tx) => tx.spec('Cmd', 'api:serve', (spec): Cmd['spec'] => ({ ...spec, runId: 'api-1' })))
    load(store, graphOf([{ ...api, serve: serveStep('other') }]))
    expect(store.get('Cmd', 'api:serve')?.spec).toMatchObject({ runId: 'api-1', args: ['sh', '-c', 'run'] })
  })

  it('EVAL-18: keeps every switch as it is when asked to, and gives new resources what the config says', () => {
    const store = newStore()
    load(store, graphOf([local('a'), local('b')], choose('a')))
    const flip = (name: string, isDisabled: string) =>
      store.update(by, (tx) => tx.spec('ConfigMap', `${name}-disable`, () => ({ data: { isDisabled } })))
    flip('a', 'true')
    flip('b', 'false')
    const next = graphOf([local('a'), local('b'), local('c'), local('d')], choose('a', 'c'))
    load(store, next, { keepSwitches: true })
    expect(['a', 'b', 'c', 'd'].map((name) => switchOf(store, name))).toEqual(['true', 'false', 'false', 'true'])
    load(store, next)
    expect(['a', 'b', 'c', 'd'].map((name) => switchOf(store, name))).toEqual(['false', 'true', 'false', 'true'])
  })

  it('leaves objects of others alone, but takes over one that has a wanted name', () => {
    const store = newStore()
    store.update(by, (tx) => {
      tx.put('ConfigMap', 'mine', { data: {} }, {}, { annotations: { [annotation.managedBy]: 'other' } })
      tx.put('FileWatch', 'api', { watchedPaths: [], ignores: [] }, { fileEvents: [] }, { annotations: { note: 'x' } })
    })
    load(store, graphOf([api]))
    expect(store.get('ConfigMap', 'mine')).toBeDefined()
    expect(store.get('FileWatch', 'api')).toMatchObject({
      metadata: { annotations: { note: 'x', [annotation.managedBy]: owner } },
      spec: { watchedPaths: ['/shop/api'] },
    })
  })
})
