import { describe, expect, it } from 'vitest'
import {
  at,
  choose,
  complaints,
  dependsOn,
  graphOf,
  hintsOf,
  linkGood,
  linkOne,
  local,
  resourcesArg,
  step,
} from './graph.test.support.js'
import { linkGraph } from './link-graph.js'

describe('linkGraph', () => {
  it('keeps the order of declaration and fills in every default', () => {
    const { resources } = linkGood(graphOf([local('b', { on: ['a'], place: at(3) }), local('a')]))
    expect(resources.map(({ name, spec }) => [name, spec.order])).toEqual([
      ['b', 0],
      ['a', 1],
    ])
    expect(resources[0]?.spec).toMatchObject({
      type: 'local',
      triggerMode: 'auto',
      autoInit: true,
      dependencies: [{ on: 'a', edge: 'first' }],
      inputsFrom: [],
      place: at(3),
    })
  })

  it('EVAL-05: a config without any resource is an error, at the config', () => {
    expect(complaints(graphOf([]))).toEqual([
      'config/no-resources tilt.config.ts:1:1 No resources found: the config declares none',
    ])
    expect(linkGraph(graphOf([])).linked).toBeUndefined()
  })

  it('EVAL-22: refuses names that are no path segment, and the one of the config itself', () => {
    const bad = ['', '.', '..', 'a/b', '50%', '(Tiltfile)']
    const good = ['...', 'a.b', 'ünï', 'a b', 'a:b']
    expect(complaints(graphOf([...bad, ...good].map((name, i) => local(name, { place: at(i + 1) }))))).toEqual([
      'config/invalid-name tilt.config.ts:1:1 `` cannot be the name of a resource: it is empty',
      'config/invalid-name tilt.config.ts:2:1 `.` cannot be the name of a resource: it means a folder',
      'config/invalid-name tilt.config.ts:3:1 `..` cannot be the name of a resource: it means a folder',
      'config/invalid-name tilt.config.ts:4:1 `a/b` cannot be the name of a resource: it holds a /',
      'config/invalid-name tilt.config.ts:5:1 `50%` cannot be the name of a resource: it holds a %',
      'config/invalid-name tilt.config.ts:6:1 `(Tiltfile)` cannot be the name of a resource: it is the name of the config itself',
    ])
  })

  it('EVAL-23: refuses a name that is taken, saying by what kind and showing both places', () => {
    const nodes = [local('api', { place: at(1) }), local('api', { place: at(5) }), local('api', { place: at(9) })]
    expect(complaints(graphOf(nodes))).toEqual([
      'config/duplicate-resource tilt.config.ts:5:1 tilt.config.ts:1:1 There is a local resource called `api` already',
      'config/duplicate-resource tilt.config.ts:9:1 tilt.config.ts:1:1 There is a local resource called `api` already',
    ])
  })

  it('reports everything that is wrong at once, in order of place, the main config first', () => {
    const graph = graphOf(
      [
        local('a', {
          place: at(1, 1, '/shop/lib/a.ts'),
          dependencies: [dependsOn('a', 'first', at(2, 9, '/shop/lib/a.ts'))],
        }),
        local('b', { place: at(7), dependencies: [dependsOn('c', 'first', at(7, 20))] }),
        local('c', { place: at(4), dependencies: [dependsOn('b', 'ready', at(4, 20))], labels: ['-x'] }),
        local('d%', { place: at(9) }),
        local('d', { place: at(8), on: ['cc'] }),
      ],
      { ...choose('zzz'), args: [resourcesArg('only', ['yyy'])] },
    )
    expect(complaints(graph)).toEqual([
      'config/invalid-option tilt.config.ts:4:1 `c`: "-x" cannot be a label',
      'config/dependency-cycle tilt.config.ts:7:20 tilt.config.ts:4:20 Resources wait for each other: b → c → b',
      'config/unknown-resource tilt.config.ts:8:1 `d` depends on `cc`, but no resource is called that',
      'config/invalid-name tilt.config.ts:9:1 `d%` cannot be the name of a resource: it holds a %',
      'config/unknown-resource tilt.config.ts:90:1 `zzz` is to be enabled, but no resource is called that',
      'config/self-dependency lib/a.ts:2:9 `a` depends on itself',
      'config/unknown-resource - The argument `only` names `yyy`, but no resource is called that',
    ])
  })

  it('links all the same when there are only warnings', () => {
    const node = local('a', { place: at(1), ignores: [{ basePath: '/shop', patterns: ['[', 'b'] }] })
    expect(complaints(graphOf([node], { watchIgnores: [{ basePath: '/shop', patterns: ['c\\'] }] }))).toEqual([
      'warning config/invalid-option tilt.config.ts:1:1 `a`: the ignore pattern "[" is malformed and left out',
      'warning config/invalid-option - The ignore pattern "c\\\\" is malformed and left out',
    ])
    expect(linkGraph(graphOf([node])).linked?.resources).toHaveLength(1)
  })

  it('links a chain of 20,000 resources, and finds the circle when it is closed', () => {
    const name = (i: number) => `r${i % 20_000}`
    const chain = (from: number) =>
      Array.from({ length: 20_000 }, (_, i) => local(name(i), { on: i < from ? [] : [name(i + 1)] }))
    const open = chain(0).with(-1, local(name(19_999)))
    expect(linkGood(graphOf(open)).enabled.size).toBe(20_000)
    expect(complaints(graphOf(chain(0)))).toHaveLength(1)
  })
})

describe('dependencies', () => {
  it('DEP-01: an unknown resource is an error that suggests the name that was meant', () => {
    const graph = graphOf([
      local('api', { place: at(1), dependencies: [dependsOn('databse', 'first', at(2, 5)), dependsOn('kafka')] }),
      local('database'),
    ])
    expect(complaints(graph)).toEqual([
      'config/unknown-resource tilt.config.ts:1:1 `api` depends on `kafka`, but no resource is called that',
      'config/unknown-resource tilt.config.ts:2:5 `api` depends on `databse`, but no resource is called that',
    ])
    expect(hintsOf(graph)).toEqual([undefined, 'Did you mean `database`?'])
  })

  it('DEP-01: a resource that depends on itself is an error', () => {
    const graph = graphOf([local('a', { dependencies: [dependsOn('a', 'after', at(2, 7))] })])
    expect(complaints(graph)).toEqual(['config/self-dependency tilt.config.ts:2:7 `a` depends on itself'])
  })

  it('DEP-01: a circle is an error that prints the way round, with the place of each step', () => {
    const graph = graphOf([
      local('web', { dependencies: [dependsOn('api', 'first', at(1, 5))] }),
      local('api', { dependencies: [dependsOn('db', 'ready', at(2, 5)), dependsOn('cache', 'first', at(2, 9))] }),
      local('db', { dependencies: [dependsOn('api', 'after', at(3, 5))] }),
      local('cache', { dependencies: [dependsOn('mq', 'first', at(4, 5))] }),
      local('mq', { place: at(5), dependencies: [dependsOn('cache', 'rerun')] }),
    ])
    expect(complaints(graph)).toEqual([
      'config/dependency-cycle tilt.config.ts:2:5 tilt.config.ts:3:5 Resources wait for each other: api → db → api',
      'config/dependency-cycle tilt.config.ts:4:5 tilt.config.ts:5:1 Resources wait for each other: cache → mq → cache',
    ])
  })

  it('keeps edges of different kinds on one resource, and each once', () => {
    const dependencies = [dependsOn('db'), dependsOn('db', 'ready'), dependsOn('db', 'ready')]
    const { resources } = linkGood(graphOf([local('api', { dependencies }), local('db')]))
    expect(resources[0]?.spec.dependencies).toEqual([
      { on: 'db', edge: 'first' },
      { on: 'db', edge: 'ready' },
    ])
  })
})

describe('selection', () => {
  // web → api → db, and two that nobody depends on
  const shop = [local('web', { on: ['api'] }), local('api', { on: ['db'] }), local('db'), local('docs'), local('lint')]
  const enabled = (more: Parameters<typeof graphOf>[1]) => [...linkGood(graphOf(shop, more)).enabled]
  const all = ['web', 'api', 'db', 'docs', 'lint']

  it('SEL-01: takes what the config chooses, else the words that no argument took, else all', () => {
    expect(enabled({ selection: { kind: 'some', names: [] } })).toEqual([])
    expect(enabled({ selection: { kind: 'some', names: [] }, positionals: ['docs'] })).toEqual([])
    expect(enabled({ ...choose('lint'), positionals: ['docs'] })).toEqual(['lint'])
    expect(enabled({ positionals: ['docs', 'lint'] })).toEqual(['docs', 'lint'])
    expect(enabled({})).toEqual(all)
  })

  it('SEL-02: an empty choice enables nothing', () => {
    expect(enabled(choose())).toEqual([])
  })

  it('SEL-03: adds all that the chosen ones depend on', () => {
    expect(enabled(choose('web'))).toEqual(['web', 'api', 'db'])
    expect(enabled({ positionals: ['api'] })).toEqual(['api', 'db'])
  })

  it('SEL-03: a name that no resource has is an error that lists the others', () => {
    const graph = graphOf(shop, choose('aip', 'kafka'))
    expect(complaints(graph)).toEqual([
      'config/unknown-resource tilt.config.ts:90:1 `aip` is to be enabled, but no resource is called that',
      'config/unknown-resource tilt.config.ts:90:2 `kafka` is to be enabled, but no resource is called that',
    ])
    expect(hintsOf(graph)).toEqual(['Did you mean `api`?', 'There are: web, api, db, docs, lint'])
    expect(complaints(graphOf(shop, { positionals: ['kafka'] }))).toEqual([
      'config/unknown-resource - `kafka` on the command line: no resource is called that, and no argument takes it',
    ])
  })

  it('lists at most twenty names', () => {
    const many = Array.from({ length: 30 }, (_, i) => local(`r${i}`))
    expect(hintsOf(graphOf(many, choose('kafka')))[0]).toMatch(/^There are: r0, .*, r19 and 10 more$/)
  })

  it('warns of words on the command line that have no effect, since the config chooses itself', () => {
    expect(complaints(graphOf(shop, { ...choose('lint'), positionals: ['docs', 'web'] }))).toEqual([
      'warning args/unknown tilt.config.ts:90:1 `docs`, `web` on the command line has no effect: the config chooses its resources itself',
    ])
    const asSelection = { kind: 'some', names: [{ name: 'docs', place: undefined }] } as const
    expect(complaints(graphOf(shop, { selection: asSelection, positionals: ['docs'] }))).toEqual([])
  })

  it('checks the values of arguments that take resources', () => {
    const graph = graphOf(shop, { args: [resourcesArg('only', ['api', 'doc'], at(6)), resourcesArg('skip', [])] })
    expect(complaints(graph)).toEqual([
      'config/unknown-resource tilt.config.ts:6:1 The argument `only` names `doc`, but no resource is called that',
    ])
    expect(hintsOf(graph)).toEqual(['Did you mean `docs`?'])
  })
})

describe('options of a resource', () => {
  it('TRG-02: a trigger mode for all holds where a resource names none', () => {
    const nodes = [local('a'), local('b', { triggerMode: 'auto' })]
    const { resources } = linkGood(graphOf(nodes, { settings: { triggerMode: 'manual' } }))
    expect(resources.map(({ spec }) => spec.triggerMode)).toEqual(['manual', 'auto'])
  })

  it('labels hold letters, digits, - _ . and at most 63 of them, with a letter or digit at both ends', () => {
    const good = ['a', 'A-b_c.9', 'x'.repeat(63)]
    const bad = ['', '-a', 'a.', 'a/b', 'a b', 'é', 'x'.repeat(64)]
    expect(complaints(graphOf([local('r', { labels: [...good, ...bad] })]))).toEqual(
      bad.map((label) => `config/invalid-option - \`r\`: ${JSON.stringify(label)} cannot be a label`),
    )
  })

  it('a link without a scheme gets http', () => {
    const urls = ['localhost:8080', 'example.com/x', '//host/y', 'https://a.b', 'vscode://file/x', 'mailto:a@b.c']
    const { links } = linkOne(local('r', { links: urls.map((url) => ({ url, name: 'n' })) }))
    expect(links.map((link) => link.url)).toEqual([
      'http://localhost:8080',
      'http://example.com/x',
      'http://host/y',
      'https://a.b',
      'vscode://file/x',
      'mailto:a@b.c',
    ])
    expect(links[0]?.name).toBe('n')
    expect(complaints(graphOf([local('r', { links: [{ url: '' }, { url: 'http://' }] })]))).toHaveLength(2)
  })

  it('the environment of the config is below that of each command', () => {
    const node = local('r', { cmd: step('x', { env: { A: 'own' } }), onDown: step('y') })
    const { local: linked } = linkOne(node, { env: { A: 'all', B: 'all' } })
    expect(linked.cmd?.env).toEqual({ A: 'own', B: 'all' })
    expect(linked.onDown?.env).toEqual({ A: 'all', B: 'all' })
    expect(linked.serve).toBeUndefined()
  })
})

describe('outputs', () => {
  const inputsFrom = (...nodes: Parameters<typeof graphOf>[0]) =>
    Object.fromEntries(linkGood(graphOf(nodes)).resources.map(({ name, spec }) => [name, spec.inputsFrom]))

  it('order the resources that have them among their deps', () => {
    const gen = local('gen', { deps: ['/shop/proto'], outputs: ['/shop/api/gen'] })
    const api = local('api', { deps: ['/shop/api'] })
    const deep = local('deep', { deps: ['/shop/api/gen/one.ts'] })
    const other = local('other', { deps: ['/shop/api2'] })
    expect(inputsFrom(api, gen, deep, other)).toEqual({ api: ['gen'], gen: [], deep: ['gen'], other: [] })
  })

  it('order nothing where they are ignored', () => {
    const gen = local('gen', { outputs: ['/shop/api/gen'] })
    const api = local('api', { deps: ['/shop/api'], ignores: [{ basePath: '/shop', patterns: ['api/gen'] }] })
    expect(inputsFrom(gen, api)).toEqual({ gen: [], api: [] })
  })

  it('keep no order where there is none to keep, and say so', () => {
    const a = local('a', { place: at(1), deps: ['/shop'], outputs: ['/shop/gen'] })
    const b = local('b', { place: at(2), deps: ['/shop'], outputs: ['/shop/dist'] })
    expect(inputsFrom(a, b)).toEqual({ a: [], b: [] })
    expect(complaints(graphOf([a, b]))).toEqual([
      'warning config/dependency-cycle tilt.config.ts:1:1 tilt.config.ts:2:1 `a` has outputs of `b` among its deps, but `b` waits for `a` too, so neither order is kept',
      'warning config/dependency-cycle tilt.config.ts:2:1 tilt.config.ts:1:1 `b` has outputs of `a` among its deps, but `a` waits for `b` too, so neither order is kept',
    ])
  })

  it('give way to a dependency in the other direction', () => {
    const gen = local('gen', { on: ['api'], outputs: ['/shop/api/gen'] })
    expect(inputsFrom(gen, local('api', { deps: ['/shop/api'] }))).toEqual({ gen: [], api: [] })
  })
})
