import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dcResource } from './dc-resource.js'
import { dockerBuild } from './docker-build.js'
import { dockerCompose } from './docker-compose.js'
import { after, ready } from './edges.js'
import { link } from './resource-options.js'
import { type Evaluated, evaluate } from './testing/evaluate.js'

const anything = (value: unknown): never => value as never
const messages = ({ errors }: Evaluated): readonly string[] => errors.map(({ message }) => message)
const ci: boolean = JSON.parse('false')
const place = expect.objectContaining({ file: expect.stringContaining('docker-compose.test.ts') })
const yaml = 'services: {}\n'

describe('dockerCompose', () => {
  it('DCC-01: takes one file, several in their order, or an object, and leaves open what is not given', async () => {
    const { graph, folder } = await evaluate(
      () => {
        dockerCompose('./docker-compose.yml')
        dockerCompose(['deploy/a.yml', ci && 'ci.yml', './b.yml'])
        dockerCompose({ services: { db: { image: 'postgres', environment: { A: undefined, B: 1 } } } })
      },
      { files: { 'docker-compose.yml': yaml, 'deploy/a.yml': yaml, 'b.yml': yaml } },
    )
    expect(graph().compose).toEqual([
      { project: { files: [join(folder, 'docker-compose.yml')], dir: folder }, wait: false, place },
      {
        project: { files: [join(folder, 'deploy/a.yml'), join(folder, 'b.yml')], dir: join(folder, 'deploy') },
        wait: false,
        place,
      },
      {
        project: { files: [], inline: '{"services":{"db":{"image":"postgres","environment":{"B":1}}}}', dir: folder },
        wait: false,
        place,
      },
    ])
    expect(structuredClone(graph())).toEqual(graph())
  })

  it('DCC-01: refuses to compose nothing, files that are not there, and what is no plain data', async () => {
    const circle: Record<string, unknown> = {}
    circle['x-self'] = circle
    const evaluated = await evaluate(
      () => {
        dockerCompose([])
        dockerCompose('')
        dockerCompose([ci && 'a.yml'])
        dockerCompose({ services: {} })
        dockerCompose(anything(undefined))
        dockerCompose('gone.yml')
        dockerCompose('./deploy')
        dockerCompose(anything(7))
        dockerCompose({ services: { a: circle } })
      },
      { files: { 'deploy/x': '' } },
    )
    const nothing = 'Nothing to compose: dockerCompose() was given neither a file nor a service'
    expect(messages(evaluated)).toEqual([
      nothing,
      nothing,
      nothing,
      nothing,
      nothing,
      `dockerCompose(): ${evaluated.folder}/gone.yml cannot be read: it does not exist`,
      `dockerCompose(): ${evaluated.folder}/deploy cannot be read: it is a folder`,
      'dockerCompose(): expected paths of compose files, or one as an object, got 7',
      expect.stringContaining('dockerCompose(): the object is no compose file: Converting circular'),
    ])
  })

  it('DCC-01: reads compose files and the file of variables as part of the config, also when they are missing', async () => {
    const { reads } = await evaluate(() => void dockerCompose(['a.yml', 'b.yml'], { envFile: './dev.env' }))
    expect(reads).toEqual(['a.yml', 'b.yml', 'dev.env'])
  })

  it('DCC-02, DCC-03: hands on the name of the project, variables, and profiles, of which an empty list is none', async () => {
    const { graph, folder } = await evaluate(
      () => {
        dockerCompose('a.yml', { projectName: 'shop', envFile: './dev.env', profiles: 'backend', wait: true })
        dockerCompose('a.yml', { projectName: 'other', profiles: [ci && 'ci'] })
      },
      { files: { 'a.yml': yaml } },
    )
    expect(graph().compose).toMatchObject([
      { project: { name: 'shop', envFile: join(folder, 'dev.env'), profiles: ['backend'] }, wait: true },
      { project: { name: 'other', profiles: [] }, wait: false },
    ])
  })

  it('refuses unknown and wrong options', async () => {
    const evaluated = await evaluate(
      () => {
        dockerCompose('a.yml', anything({ profile: 'x' }))
        dockerCompose('a.yml', anything({ wait: 'yes' }))
        dockerCompose('a.yml', { projectName: '' })
      },
      { files: { 'a.yml': yaml } },
    )
    expect(messages(evaluated)).toEqual([
      'dockerCompose() has no option `profile`',
      'dockerCompose(): `wait` must be true or false, but it is "yes"',
      'dockerCompose(): `projectName` must not be empty',
    ])
  })

  it('returns the project, of which service() is a resource', async () => {
    const names: string[] = []
    const evaluated = await evaluate(
      () => {
        const compose = dockerCompose('a.yml', { projectName: 'shop' })
        names.push(compose.name, compose.service('db').name)
        dcResource('api', { resourceDeps: [compose.service('db'), after(compose.service('migrations'))] })
        compose.service(anything(undefined))
        dcResource('web', { resourceDeps: anything(compose) })
      },
      { files: { 'a.yml': yaml } },
    )
    expect(names).toEqual(['shop', 'db'])
    expect(evaluated.result.declared?.composeResources[0]?.dependencies).toMatchObject([
      { name: 'db', edge: 'first' },
      { name: 'migrations', edge: 'after' },
    ])
    expect(messages(evaluated)).toEqual([
      'service(): expected the name of a service, got missing',
      'dcResource("web"): `resourceDeps`: expected a resource or the name of one, got the compose `shop`',
    ])
  })
})

describe('dcResource', () => {
  it('DCC-10: takes every option, and leaves absent what is not given, so that calls add up', async () => {
    const { graph, folder } = await evaluate(() => {
      dcResource('db')
      const image = dockerBuild('shop/api', './api', { dockerfileContents: 'FROM a' })
      dcResource('api', {
        newName: 'backend',
        image,
        projectName: 'shop',
        inferLinks: false,
        labels: ['x', ci && 'y'],
        links: link('localhost:80', 'Web'),
        resourceDeps: ['db', ready('cache')],
        triggerMode: 'manual',
        autoInit: false,
        readyTimeout: '1m',
        onDown: 'make clean',
      })
    })
    expect(graph().composeResources).toEqual([
      { service: { name: 'db', place }, labels: [], links: [], dependencies: [], place },
      {
        service: { name: 'api', place },
        newName: 'backend',
        image: { name: 'shop/api', place },
        projectName: 'shop',
        inferLinks: false,
        labels: ['x'],
        links: [{ url: 'http://localhost:80', name: 'Web' }],
        dependencies: [
          { name: 'db', edge: 'first', place },
          { name: 'cache', edge: 'ready', place },
        ],
        triggerMode: 'manual',
        autoInit: false,
        readyTimeoutMs: 60_000,
        onDown: { command: { argv: ['sh', '-c', 'make clean'], display: 'make clean' }, dir: folder, env: {} },
        place,
      },
    ])
  })

  it('DCC-10: may come before dockerCompose, and returns the resource by its new name', async () => {
    const names: string[] = []
    const { graph, errors } = await evaluate(
      () => {
        names.push(dcResource('api', { newName: 'backend' }).name, dcResource('db').name)
        dockerCompose('a.yml')
      },
      { files: { 'a.yml': yaml } },
    )
    expect(errors).toEqual([])
    expect(names).toEqual(['backend', 'db'])
    expect(graph()).toMatchObject({ compose: [{}], composeResources: [{ newName: 'backend' }, {}] })
  })

  it('DCC-10: refuses a missing name, a new name that cannot be one, unknown and wrong options', async () => {
    const evaluated = await evaluate(() => {
      dcResource(anything(undefined))
      dcResource('a', { newName: 'x/y' })
      dcResource('b', anything({ cmd: 'x' }))
      dcResource('c', anything({ image: 'shop/api' }))
    })
    expect(messages(evaluated)).toEqual([
      'dcResource(): expected the name of a service, got missing',
      'dcResource(): "x/y" cannot name a resource',
      'dcResource("b") has no option `cmd`',
      'dcResource("c"): `image` must be an image, as dockerBuild and customBuild return it, but it is "shop/api"',
    ])
  })

  it('keeps a function of each call, since the last one counts', async () => {
    const { graph, collector } = await evaluate(() => {
      dcResource('api', { onDown: async () => 'first' })
      dcResource('api', { onDown: async () => 'second' })
      dcResource('api-2', { onDown: async () => 'other' })
    })
    const calls = graph().composeResources.map(({ onDown }) => {
      const command = onDown?.command
      return command !== undefined && 'fn' in command ? collector.functionOf(command.fn)?.() : undefined
    })
    expect(await Promise.all(calls)).toEqual(['first', 'second', 'other'])
  })
})
