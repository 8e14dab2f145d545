import { describe, expect, it } from 'vitest'
import {
  about,
  composeGraph,
  composeNode,
  dockerImage,
  linkServices,
  needs,
  project,
  service,
  serviceSpec,
} from './compose.test.support.js'
import { at, choose, complaints, dependsOn, graphOf, hintsOf, linkGood, local, step } from './graph.test.support.js'
import { linkGraph } from './link-graph.js'

describe('services of compose', () => {
  it('DCC-07: each becomes a resource, before those that run here', () => {
    const graph = graphOf([local('test')], { compose: [composeNode()] })
    const { resources } = linkGood(graph, [project([service('api'), service('db')])])
    expect(resources.map(({ name, spec }) => [name, spec.type, spec.order])).toEqual([
      ['api', 'docker-compose', 0],
      ['db', 'docker-compose', 1],
      ['test', 'local', 2],
    ])
    expect(resources[0]?.spec).toMatchObject({
      labels: [],
      links: [],
      dependencies: [],
      triggerMode: 'auto',
      autoInit: true,
      images: [],
      watches: [],
      compose: { project: { name: 'shop', dir: '/shop', wait: false }, service: { name: 'api' }, imageBy: 'none' },
    })
  })

  it('DCC-07: a name that another resource has is an error with both places', () => {
    const graph = graphOf([local('api', { place: at(4) })], { compose: [composeNode()] })
    expect(complaints(graph, [project([service('api')])])).toEqual([
      'config/duplicate-resource tilt.config.ts:4:1 docker-compose.yml:3:3 There is a compose service called `api` already',
    ])
    expect(hintsOf(graph, [project([service('api')])])[0]).toContain("newName: 'shop-api'")
  })

  it('DCC-07: depends_on becomes edges, one kind for each condition', () => {
    const api = service('api', {
      dependsOn: [
        needs('db', { condition: 'service_healthy' }),
        needs('cache'),
        needs('migrate', { condition: 'service_completed_successfully' }),
      ],
    })
    const linked = linkServices([api, service('db'), service('cache'), service('migrate')])
    expect(serviceSpec(linked, 'api').dependencies).toEqual([
      { on: 'db', edge: 'first' },
      { on: 'cache', edge: 'started' },
      { on: 'migrate', edge: 'completed' },
    ])
  })

  it('DCC-07: a dependency that is not required may be missing, any other may not', () => {
    const optional = service('api', { dependsOn: [needs('db', { required: false })] })
    expect(serviceSpec(linkServices([optional]), 'api').dependencies).toEqual([])
    const required = service('api', { dependsOn: [needs('bd')] })
    expect(complaints(composeGraph(), [project([required, service('db')])])).toEqual([
      'config/unknown-resource docker-compose.yml:3:3 The service `api` depends on `bd`, which its project does not have',
    ])
    expect(hintsOf(composeGraph(), [project([required, service('db')])])).toEqual(['Did you mean `db`?'])
  })

  it('DEP-01: circles through compose and the config are found', () => {
    const graph = graphOf([local('seed', { dependencies: [dependsOn('api', 'first', at(7))] })], {
      compose: [composeNode()],
      composeResources: [about('db', { dependencies: [dependsOn('seed', 'first', at(5))] })],
    })
    const services = [service('api', { dependsOn: [needs('db')] }), service('db')]
    expect(complaints(graph, [project(services)])).toEqual([
      'config/dependency-cycle docker-compose.yml:3:3 tilt.config.ts:5:1 tilt.config.ts:7:1 Resources wait for each other: api → db → seed → api',
    ])
  })

  it('EVAL-05: a project without a service that is on is no resource', () => {
    expect(complaints(composeGraph(), [project([])])).toHaveLength(1)
    expect(hintsOf(composeGraph(), [project([])])).toEqual([
      'The compose files have no service, or none whose profile is on',
    ])
  })

  it('links nothing while a project could not be read, and misses nothing that may be in it', () => {
    const graph = graphOf([local('a', { on: ['db'] }), local('b', { on: ['b'] })], {
      compose: [composeNode()],
      composeResources: [about('db')],
      images: [dockerImage('shop/api')],
      ...choose('web'),
    })
    expect(complaints(graph, [undefined])).toEqual(['config/self-dependency - `b` depends on itself'])
    expect(linkGraph(composeGraph(), { projects: [undefined] })).toEqual({ linked: undefined, diagnostics: [] })
  })
})

describe('dcResource', () => {
  it('DCC-10: calls for a service add up: lists join, of anything else the last one counts', () => {
    const { resources } = linkServices([service('api'), service('db')], {
      composeResources: [
        about('api', {
          labels: ['a'],
          links: [{ url: 'x.io' }],
          triggerMode: 'manual',
          autoInit: false,
          readyTimeoutMs: 1,
        }),
        about('db'),
        about('api', { labels: ['b', 'a'], links: [{ url: 'y.io' }], dependencies: [dependsOn('db', 'ready')] }),
        about('api', { autoInit: true, readyTimeoutMs: 2, onDown: step('down') }),
      ],
      env: { A: '1' },
    })
    expect(resources[0]?.spec).toMatchObject({
      labels: ['a', 'b'],
      links: [{ url: 'http://x.io' }, { url: 'http://y.io' }],
      triggerMode: 'manual',
      autoInit: true,
      readyTimeoutMs: 2,
      dependencies: [{ on: 'db', edge: 'ready' }],
      onDown: { env: { A: '1' } },
    })
  })

  it('DCC-10: an unknown service is an error that suggests one, or lists them', () => {
    const graph = composeGraph({ composeResources: [about('aip', { place: at(3) }), about('kafka', { place: at(4) })] })
    const projects = [project([service('api'), service('db')])]
    expect(complaints(graph, projects)).toEqual([
      "compose/unknown-service tilt.config.ts:3:1 dcResource('aip'): no compose project has a service called that",
      "compose/unknown-service tilt.config.ts:4:1 dcResource('kafka'): no compose project has a service called that",
    ])
    expect(hintsOf(graph, projects)).toEqual(['Did you mean `api`?', 'The services are: api, db'])
  })

  it('DCC-10: of a service whose profile is off, the error says which', () => {
    const graph = composeGraph({ composeResources: [about('debug')] })
    const inactive = [{ name: 'debug', profiles: ['tools', 'all'] }]
    expect(hintsOf(graph, [{ ...project([service('api')]), inactive }])).toEqual([
      '`debug` belongs to the profile `tools` or `all`, which is off: name it in `profiles` of dockerCompose',
    ])
  })

  const two = [composeNode({ dir: '/a' }), composeNode({ dir: '/b' })]
  const projects = [project([service('db')], 'a'), project([service('db')], 'b')]

  it('DCC-10: a service that several projects have needs the name of its project', () => {
    const named = (more: Parameters<typeof about>[1]) => [
      about('db', { projectName: 'b', newName: 'b-db' }),
      about('db', more),
    ]
    expect(complaints(composeGraph({ compose: two, composeResources: named({ place: at(9) }) }), projects)).toEqual([
      "compose/unknown-service tilt.config.ts:9:1 tilt.config.ts:10:1 dcResource('db'): several compose projects have a service called that: `a`, `b`",
    ])
    const composeResources = named({ projectName: 'a', labels: ['x'] })
    const linked = linkGood(composeGraph({ compose: two, composeResources }), projects)
    expect(linked.resources.map(({ name, spec }) => [name, spec.labels])).toEqual([
      ['db', ['x']],
      ['b-db', []],
    ])
  })

  it('DCC-10: an unknown project is an error that suggests one', () => {
    const composeResources = [about('db', { projectName: 'bb' }), about('dd', { projectName: 'a' })]
    const graph = composeGraph({
      compose: two,
      composeResources: [...composeResources, about('db', { projectName: 'b', newName: 'x' })],
    })
    expect(complaints(graph, projects)).toEqual([
      "compose/unknown-service - dcResource('db'): no compose project is called `bb`",
      "compose/unknown-service - dcResource('dd'): the compose project `a` has no service called that",
    ])
    expect(hintsOf(graph, projects)).toEqual(['The projects are: a, b', 'Did you mean `db`?'])
  })

  it('DCC-10: a new name is followed by whoever depends on the service, by either name', () => {
    const graph = graphOf([local('test', { on: ['api'] }), local('e2e', { on: ['backend'] })], {
      compose: [composeNode()],
      composeResources: [about('backend', { labels: ['late'] }), about('api', { newName: 'backend' })],
      ...choose('api', 'test', 'e2e'),
    })
    const linked = linkGood(graph, [project([service('api'), service('web', { dependsOn: [needs('api')] })])])
    expect(linked.resources.map(({ name }) => name)).toEqual(['backend', 'web', 'test', 'e2e'])
    expect(linked.resources.slice(1).map(({ spec }) => spec.dependencies[0]?.on)).toEqual([
      'backend',
      'backend',
      'backend',
    ])
    expect(serviceSpec(linked, 'backend')).toMatchObject({ labels: ['late'], compose: { service: { name: 'api' } } })
    expect([...linked.enabled]).toEqual(['backend', 'test', 'e2e'])
  })

  it('a resource that has the old name of a service is meant by it', () => {
    const graph = graphOf([local('api'), local('test', { on: ['api'] })], {
      compose: [composeNode()],
      composeResources: [about('api', { newName: 'api-container' })],
    })
    const linked = linkGood(graph, [project([service('api'), service('web', { dependsOn: [needs('api')] })])])
    expect(linked.resources.find(({ name }) => name === 'test')?.spec.dependencies).toEqual([
      { on: 'api', edge: 'first' },
    ])
    expect(serviceSpec(linked, 'web').dependencies).toEqual([{ on: 'api-container', edge: 'started' }])
  })
})

describe('links of services', () => {
  const port = (published: number | undefined, more: object = {}) => ({
    target: 80,
    published,
    protocol: 'tcp',
    ...more,
  })
  const linksOf = (more: Parameters<typeof service>[1], ...calls: Parameters<typeof about>[1][]) =>
    serviceSpec(
      linkServices([service('web', more)], { composeResources: calls.map((call) => about('web', call)) }),
      'web',
    ).links.map(({ url }) => url)

  it('DCC-11, API-30: lead to each published port, and those of the config come after', () => {
    const ports = [
      port(8080),
      port(undefined),
      port(0),
      port(9000, { hostIp: '127.0.0.1' }),
      port(8080, { hostIp: '::' }),
    ]
    expect(linksOf({ ports }, { links: [{ url: 'docs.io' }] })).toEqual([
      'http://localhost:8080/',
      'http://localhost:9000/',
      'http://docs.io',
    ])
  })

  it('DCC-11: lead to the address that a port is bound to, and to none that a browser cannot use', () => {
    expect(
      linksOf({
        ports: [port(1, { hostIp: '10.0.0.5' }), port(2, { hostIp: 'fe80::1' }), port(53, { protocol: 'udp' })],
      }),
    ).toEqual(['http://10.0.0.5:1/', 'http://[fe80::1]:2/'])
  })

  it('DCC-11, API-30: are not inferred when the config says so', () => {
    expect(linksOf({ ports: [port(8080)] }, { inferLinks: false, links: [{ url: 'x.io' }] })).toEqual(['http://x.io'])
    expect(linksOf({ ports: [port(8080)] }, { inferLinks: false }, { inferLinks: true })).toHaveLength(1)
  })
})

describe('the definition of a service', () => {
  const before = service('api', { build: { context: '/shop/api', additionalContexts: [] } })
  const hashesOf = (api: typeof before, more: Parameters<typeof linkServices>[1] = {}) =>
    linkServices([api, service('db')], more).resources.map(({ spec }) => spec.updateHash)
  const changed = (more: Partial<typeof before>, graph: Parameters<typeof linkServices>[1] = {}) => {
    const now = hashesOf({ ...before, ...more }, graph)
    return hashesOf(before).map((hash, index) => hash !== now[index])
  }

  it('DC-08: changes with its own part of the compose file only', () => {
    expect(changed({ configHash: 'other' })).toEqual([true, false])
    expect(changed({ definitionHash: 'other' })).toEqual([true, false])
    expect(changed({ scale: 2 })).toEqual([true, false])
  })

  it('EVAL-17: does not change with labels, links, trigger mode, dependencies, or the files of the project', () => {
    const composeResources = [
      about('api', {
        labels: ['x'],
        links: [{ url: 'x' }],
        triggerMode: 'manual',
        autoInit: false,
        dependencies: [dependsOn('db')],
      }),
    ]
    expect(changed({ dependsOn: [needs('db')], place: at(99), ports: [] }, { composeResources })).toEqual([
      false,
      false,
    ])
    expect(
      changed({}, { compose: [composeNode({ files: ['/shop/other.yml'], profiles: ['x'], envFile: '/x' })] }),
    ).toEqual([false, false])
  })

  it('does not change with how compose would build an image that is declared', () => {
    const images = [dockerImage('api-image')]
    const hashes = (definitionHash: string) => hashesOf({ ...before, definitionHash }, { images })[0]
    expect(hashes('other')).toBe(hashes('before'))
    expect(hashes('before')).not.toBe(hashesOf(before)[0])
  })
})
