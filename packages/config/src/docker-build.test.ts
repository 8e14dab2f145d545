import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DockerImageNode } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { dockerBuild } from './docker-build.js'
import { from } from './from.js'
import { sync } from './live-update.js'
import { session } from './session.js'
import { type Evaluated, evaluate, folderOf } from './testing/evaluate.js'

const anything = (value: unknown): never => value as never
const messages = ({ errors }: Evaluated): readonly string[] => errors.map(({ message }) => message)
const docker = (evaluated: Evaluated, ref = 'a'): DockerImageNode => evaluated.image(ref) as DockerImageNode
const files = { 'web/Dockerfile': 'FROM node\n' }

describe('dockerBuild', () => {
  it('DB-01: declares an image by its name and its context, with everything else left open', async () => {
    const evaluated = await evaluate(() => void dockerBuild('shop/web:dev', './web'), { files })
    const { folder, graph } = evaluated
    expect(graph().images).toEqual([
      {
        build: 'docker',
        ref: 'shop/web:dev',
        place: expect.objectContaining({ file: expect.stringContaining('docker-build.test.ts') }),
        context: join(folder, 'web'),
        dockerfile: { path: join(folder, 'web/Dockerfile'), contents: 'FROM node\n' },
        ignores: [
          { basePath: folder, patterns: ['tilt.config.ts'] },
          { basePath: join(folder, 'web'), patterns: ['.git', '**/.tiltts'] },
        ],
        buildArgs: {},
        pull: false,
        cacheFrom: [],
        extraTags: [],
        extraHosts: [],
        ssh: [],
        secrets: [],
        matchInEnvVars: false,
      },
    ])
    expect(structuredClone(graph())).toEqual(graph())
  })

  it('DB-01: refuses what cannot name an image, and says why', async () => {
    const evaluated = await evaluate(
      () => {
        dockerBuild('Shop/Web', './web')
        dockerBuild('shop web', './web')
        dockerBuild(anything(undefined), './web')
        dockerBuild('a', anything(undefined))
      },
      { files },
    )
    expect(evaluated.errors.map(({ code }) => code)).toEqual([
      'config/invalid-image',
      'config/invalid-image',
      'config/invalid-image',
      'config/invalid-option',
    ])
    expect(messages(evaluated)).toEqual([
      'dockerBuild(): "Shop/Web" cannot name an image: it holds upper-case letters',
      'dockerBuild(): "shop web" cannot name an image: it holds a space or a line break',
      'dockerBuild(): missing cannot name an image: it is no text',
      'dockerBuild("a"): the context must be a folder, but it is missing',
    ])
    expect(evaluated.errors[0]?.hint).toBe("Write it in lower case: 'shop/web'")
  })

  it('DB-02: takes the Dockerfile of the context, one by its path, or one as text', async () => {
    const evaluated = await evaluate(
      () => {
        dockerBuild('a', './web')
        dockerBuild('b', '.', { dockerfile: 'docker/b.Dockerfile' })
        dockerBuild('c', './none', { dockerfileContents: 'FROM c' })
      },
      { files: { ...files, 'docker/b.Dockerfile': 'FROM b' } },
    )
    const { folder, image } = evaluated
    expect(image('a')).toMatchObject({ dockerfile: { path: join(folder, 'web/Dockerfile'), contents: 'FROM node\n' } })
    expect(image('b')).toMatchObject({
      context: folder,
      dockerfile: { path: join(folder, 'docker/b.Dockerfile'), contents: 'FROM b' },
    })
    expect(docker(evaluated, 'c').dockerfile).toEqual({ contents: 'FROM c' })
  })

  it('DB-02: reads the Dockerfile as part of the config, also when it is not there', async () => {
    const { reads } = await evaluate(() => {
      dockerBuild('a', './web')
      dockerBuild('b', '.', { dockerfile: 'b.Dockerfile' })
    })
    expect(reads).toEqual(expect.arrayContaining(['web/Dockerfile', 'b.Dockerfile']))
  })

  it('DB-02: refuses two Dockerfiles, and one that cannot be read, and says what to do', async () => {
    const evaluated = await evaluate(
      () => {
        dockerBuild('a', './web', { dockerfile: 'web/Dockerfile', dockerfileContents: 'FROM a' })
        dockerBuild('b', './none')
        dockerBuild('c', './docker')
        dockerBuild('d', './web', { dockerfile: 'Dockerfile' })
        dockerBuild('e', './web', { dockerfile: './docker' })
        dockerBuild('f', './none', anything({ dockerfileContents: Promise.resolve('FROM f') }))
      },
      { files: { ...files, 'docker/x': '' } },
    )
    const { folder, errors } = evaluated
    expect(errors.map(({ message, hint }) => [message, hint])).toEqual([
      ['dockerBuild("a") has both dockerfile and dockerfileContents', 'Keep one of the two'],
      [
        `dockerBuild("b"): ${folder}/none/Dockerfile cannot be read: it does not exist`,
        `There is no folder ${folder}/none`,
      ],
      [
        `dockerBuild("c"): ${folder}/docker/Dockerfile cannot be read: it does not exist`,
        'Name it with dockerfile, or write it with dockerfileContents',
      ],
      [
        `dockerBuild("d"): ${folder}/Dockerfile cannot be read: it does not exist`,
        `dockerfile counts from ${folder}, not from the context; ${folder}/web/Dockerfile exists`,
      ],
      [
        `dockerBuild("e"): ${folder}/docker cannot be read: it is a folder`,
        "Name the file in it: dockerfile: 'docker/Dockerfile'",
      ],
      ['dockerBuild("f"): `dockerfileContents` must be a string, but it is a promise (await it)', undefined],
    ])
    expect(errors.every(({ places }) => places[0]?.file.endsWith('docker-build.test.ts'))).toBe(true)
  })

  it('DB-03: sorts build arguments, and leaves an empty value to the environment', async () => {
    const evaluated = await evaluate(
      () => void dockerBuild('a', './web', { buildArgs: { Z: 1, TOKEN: '', A: true, GONE: undefined } }),
      { files },
    )
    expect(Object.entries(docker(evaluated).buildArgs)).toEqual([
      ['A', 'true'],
      ['TOKEN', ''],
      ['Z', '1'],
    ])
  })

  it('DB-04: hands on what the builder is told, one or a list of each, with absolute paths', async () => {
    const evaluated = await evaluate(
      () => {
        dockerBuild('a', './web', {
          target: 'dev',
          platform: 'linux/arm64',
          network: 'host',
          pull: true,
          cacheFrom: 'a:cache',
          extraTag: ['a:latest', 'ghcr.io/a:x'],
          extraHosts: 'db:10.0.0.5',
          ssh: ['default', 'deploy=./keys/id,/run/agent.sock'],
          secret: ['id=npm,src=./npmrc', 'type=env,id=t,src=TOKEN', 'id=x,env=X', 'ID=HERE', 'id=file.txt', false],
        })
        dockerBuild('b', './web', { ssh: 'default', secret: 'id=a,source=/a', extraTag: 'b:x', cacheFrom: ['c', null] })
      },
      { files: { ...files, 'keys/id': '' }, env: { HERE: '1' } },
    )
    const { folder, image, warnings } = evaluated
    expect(image('a')).toMatchObject({
      target: 'dev',
      platform: 'linux/arm64',
      network: 'host',
      pull: true,
      cacheFrom: ['a:cache'],
      extraTags: ['a:latest', 'ghcr.io/a:x'],
      extraHosts: ['db:10.0.0.5'],
      ssh: ['default', `deploy=${folder}/keys/id,/run/agent.sock`],
      secrets: [
        `id=npm,src=${folder}/npmrc`,
        'id=t,env=TOKEN',
        'id=x,env=X',
        'id=HERE,env=HERE',
        `id=file.txt,src=${folder}/file.txt`,
      ],
    })
    expect(image('b')).toMatchObject({
      ssh: ['default'],
      secrets: ['id=a,src=/a'],
      extraTags: ['b:x'],
      cacheFrom: ['c'],
    })
    expect(warnings.map(({ message }) => message)).toEqual([
      'dockerBuild("a"): there is no /run/agent.sock, which ssh names',
    ])
  })

  it('DB-04: refuses a tag that cannot name an image, and a secret without a name', async () => {
    const evaluated = await evaluate(
      () => {
        dockerBuild('a', './web', { extraTag: ['Bad'], secret: ['npm', 'src=./x', 'id=a,uid=0'] })
      },
      { files },
    )
    expect(messages(evaluated)).toEqual([
      'dockerBuild("a"): `extraTag`: "Bad" cannot name an image: it holds upper-case letters',
      'dockerBuild("a"): \'npm\' is no secret',
      'dockerBuild("a"): \'src=./x\' is no secret',
      'dockerBuild("a"): \'id=a,uid=0\' is no secret',
    ])
  })

  it('DB-06: takes a text as entrypoint through the shell of the container, and a list as it is', async () => {
    const { image } = await evaluate(
      () => {
        dockerBuild('a', './web', { entrypoint: './run --fast', containerArgs: ['x', ''], matchInEnvVars: true })
        dockerBuild('b', './web', { entrypoint: ['./run', '--fast'] })
      },
      { files, platform: 'windows' },
    )
    expect(image('a')).toMatchObject({
      entrypoint: ['sh', '-c', './run --fast'],
      containerArgs: ['x', ''],
      matchInEnvVars: true,
    })
    expect(image('b').entrypoint).toEqual(['./run', '--fast'])
  })

  it('DB-08: refuses a pattern with a line break, a star in only, unknown and wrong options', async () => {
    const evaluated = await evaluate(
      () => {
        dockerBuild('a', './web', { ignore: 'a\nb' })
        dockerBuild('b', './web', { only: ['src/*.ts'] })
        dockerBuild('c', './web', { only: ['../other', '/etc'] })
        dockerBuild('d', './web', anything({ buildArg: {} }))
        dockerBuild('e', './web', anything({ pull: 'yes' }))
      },
      { files },
    )
    const { folder } = evaluated
    expect(messages(evaluated)).toEqual([
      expect.stringContaining('dockerBuild("a"): `ignore` must be a pattern without a line break'),
      expect.stringContaining('dockerBuild("b"): `only` must be a path without *'),
      `dockerBuild("c"): '../other' in \`only\` is outside of the context ${folder}/web`,
      `dockerBuild("c"): '/etc' in \`only\` is outside of the context ${folder}/web`,
      'dockerBuild("d") has no option `buildArg`',
      'dockerBuild("e"): `pull` must be true or false, but it is "yes"',
    ])
  })

  it('DB-14: does not ask for the context while the Dockerfile comes from elsewhere', async () => {
    const { errors, image, folder } = await evaluate(() => {
      dockerBuild('a', './later', { dockerfileContents: 'FROM a' })
    })
    expect(errors).toEqual([])
    expect(image('a')).toMatchObject({ context: join(folder, 'later') })
  })

  it('IGN-02: leaves out the config that declares it and .git, and keeps each source of patterns apart', async () => {
    const evaluated = await evaluate(
      () => {
        dockerBuild('a', '.', { ignore: ['*.md', false], only: 'src' })
      },
      { files: { Dockerfile: 'FROM a', '.dockerignore': '# not these\ndist\n\n!dist/keep\n' } },
    )
    const { folder } = evaluated
    expect(docker(evaluated).ignores).toEqual([
      { basePath: folder, patterns: ['tilt.config.ts'] },
      { basePath: folder, patterns: ['.git', '**/.tiltts'] },
      { basePath: folder, patterns: ['*.md'] },
      { basePath: folder, patterns: ['**', '!src'] },
      { basePath: folder, patterns: ['dist', '!dist/keep'] },
    ])
  })

  it('IGN-03: a .dockerignore of the Dockerfile takes the place of the one in the context; both are read, missing or not', async () => {
    const evaluated = await evaluate(
      () => {
        dockerBuild('a', './web')
        dockerBuild('b', './web', { dockerfile: './docker/b.Dockerfile' })
        dockerBuild('c', './api', { dockerfileContents: 'FROM c' })
      },
      {
        files: {
          ...files,
          'web/.dockerignore': 'of the context',
          'docker/b.Dockerfile': 'FROM b',
          'docker/b.Dockerfile.dockerignore': 'of the file',
        },
      },
    )
    const { folder, reads } = evaluated
    const last = (ref: string): unknown => docker(evaluated, ref).ignores.at(-1)
    expect(last('a')).toEqual({ basePath: join(folder, 'web'), patterns: ['of the context'] })
    expect(last('b')).toEqual({ basePath: join(folder, 'web'), patterns: ['of the file'] })
    expect(reads).toEqual([
      'web/Dockerfile',
      'web/Dockerfile.dockerignore',
      'web/.dockerignore',
      'docker/b.Dockerfile',
      'docker/b.Dockerfile.dockerignore',
      'api/.dockerignore',
    ])
  })

  it('IGN-03: an empty .dockerignore of the Dockerfile counts, and one that cannot be read is an error', async () => {
    const folder = folderOf({
      'web/Dockerfile': 'FROM a',
      'web/Dockerfile.dockerignore': '',
      'web/.dockerignore': 'x',
      'api/Dockerfile': 'FROM a',
    })
    mkdirSync(join(folder, 'api/.dockerignore'))
    const evaluated = await evaluate(() => void dockerBuild('a', join(folder, 'web')))
    expect(docker(evaluated).ignores).toHaveLength(2)
    const { errors } = await evaluate(() => void dockerBuild('a', join(folder, 'api')))
    expect(errors).toMatchObject([
      { code: 'config/read-failed', message: expect.stringContaining(`${folder}/api/.dockerignore cannot be read`) },
    ])
  })

  it('IGN-05: only is everything but the paths named, which mean themselves and count from the context', async () => {
    const evaluated = await evaluate(
      () => {
        dockerBuild('a', './web', { only: ['./src/', 'pages/[id]/!x', 'package.json', '#a'] })
        dockerBuild('b', './web', { only: [] })
        dockerBuild('c', './web', { only: ['src', '.'] })
        dockerBuild('d', './web', { only: join(session.mainDir, 'web/lib') })
      },
      { files },
    )
    const only = (ref: string): unknown =>
      docker(evaluated, ref)
        .ignores.slice(2)
        .map(({ patterns }) => patterns)
    expect(only('a')).toEqual([['**', '!src', '!pages/\\[id\\]/\\!x', '!package.json', '!\\#a']])
    expect(only('b')).toEqual([])
    expect(only('c')).toEqual([])
    expect(only('d')).toEqual([['**', '!lib']])
  })

  it('counts paths from the folder of the call', async () => {
    const folder = folderOf({ 'lib/x/Dockerfile': 'FROM x' })
    const evaluated = await evaluate(() => {
      const { dockerBuild: bound, sync: boundSync } = from(join(folder, 'lib/module.ts'))
      bound('a', './x', { liveUpdate: [boundSync('./x/src', '/app')] })
      dockerBuild('b', join(folder, 'lib/x'), { liveUpdate: [sync('./src', '/app')] })
    })
    expect(docker(evaluated)).toMatchObject({
      context: join(folder, 'lib/x'),
      liveUpdate: { syncs: [{ localPath: join(folder, 'lib/x/src') }] },
    })
    expect(docker(evaluated, 'b').liveUpdate?.syncs[0]?.localPath).toBe(join(evaluated.folder, 'src'))
  })
})
