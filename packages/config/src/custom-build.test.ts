import { join } from 'node:path'
import type { CustomImageNode } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { type CustomBuildContext, customBuild } from './custom-build.js'
import { dockerBuild } from './docker-build.js'
import { sync } from './live-update.js'
import { type Evaluated, evaluate } from './testing/evaluate.js'

const anything = (value: unknown): never => value as never
const messages = ({ errors }: Evaluated): readonly string[] => errors.map(({ message }) => message)
const custom = (evaluated: Evaluated, ref = 'a'): CustomImageNode => evaluated.image(ref) as CustomImageNode

/** Calls the function of an image as the engine does. */
const build = (evaluated: Evaluated, env: Record<string, string>): unknown => {
  const { command } = custom(evaluated)
  if (command === undefined || !('fn' in command)) throw new Error('no function')
  const fn = evaluated.collector.functionOf(command.fn) as ((ctx: unknown) => unknown) | undefined
  return fn?.({ env, resource: 'web', log: () => undefined })
}

describe('customBuild', () => {
  it('CB-01: declares an image by its name, its command and its deps, with everything else left open', async () => {
    const evaluated = await evaluate(() => void customBuild('a', 'make image', { deps: './src' }))
    const { folder, graph } = evaluated
    expect(graph().images).toEqual([
      {
        build: 'custom',
        ref: 'a',
        place: expect.objectContaining({ file: expect.stringContaining('custom-build.test.ts') }),
        command: { argv: ['sh', '-c', 'make image'], display: 'make image' },
        dir: folder,
        env: {},
        deps: [join(folder, 'src')],
        ignores: [
          { basePath: folder, patterns: ['tilt.config.ts'] },
          { basePath: join(folder, 'src'), patterns: ['.git', '**/.tiltts'] },
        ],
        skipsLocalDocker: false,
        disablePush: false,
        imageDeps: [],
        matchInEnvVars: false,
      },
    ])
    expect(structuredClone(graph())).toEqual(graph())
  })

  it('CB-01: runs a text through the shell, a list as it is, and one of two by platform, where it is told', async () => {
    const config = (): void => {
      customBuild('text', ' make ', { deps: '.', dir: './build', env: { A: 1, B: undefined, C: '' } })
      customBuild('list', ['make', 'the image'], { deps: '.' })
      customBuild('both', { sh: './b.sh', bat: 'b.bat' }, { deps: '.' })
    }
    const posix = await evaluate(config)
    const windows = await evaluate(config, { platform: 'windows' })
    expect(custom(posix, 'text')).toMatchObject({
      command: { argv: ['sh', '-c', 'make'], display: 'make' },
      dir: join(posix.folder, 'build'),
    })
    expect(custom(posix, 'text').env).toEqual({ A: '1', C: '' })
    expect(custom(posix, 'list').command).toEqual({ argv: ['make', 'the image'], display: "make 'the image'" })
    expect(custom(posix, 'both').command).toMatchObject({ argv: ['sh', '-c', './b.sh'] })
    expect(custom(windows, 'both').command).toMatchObject({ argv: ['cmd', '/S', '/C', 'b.bat'] })
  })

  it('CB-01: refuses an empty command, an image without a name, no deps, unknown and wrong options', async () => {
    const evaluated = await evaluate(() => {
      customBuild('a', '', { deps: '.' })
      customBuild('b', [], { deps: '.' })
      customBuild('C', 'make', { deps: '.' })
      customBuild('d', 'make', anything({}))
      customBuild('e', 'make', anything(undefined))
      customBuild('f', 'make', anything({ deps: '.', dep: 'x' }))
      customBuild('g', 'make', anything({ deps: '.', disablePush: 1 }))
    })
    expect(messages(evaluated)).toEqual([
      expect.stringContaining('customBuild("a"): expected a command: '),
      expect.stringContaining('customBuild("b"): expected a command: '),
      'customBuild(): "C" cannot name an image: it holds upper-case letters',
      'customBuild("d") has no deps',
      'customBuild("e") has no deps',
      'customBuild("f") has no option `dep`',
      'customBuild("g"): `disablePush` must be true or false, but it is 1',
    ])
  })

  it('CB-01: gives a function the reference it must make, and takes the one it says it made', async () => {
    const seen: CustomBuildContext[] = []
    const evaluated = await evaluate(() => {
      customBuild(
        'a',
        async function image(ctx) {
          seen.push(ctx)
          await Promise.resolve()
          return ctx.env['RESULT']
        },
        { deps: '.' },
      )
    })
    expect(custom(evaluated).command).toEqual({
      fn: { $fn: 'image:a/build', hash: expect.stringContaining('async function image(ctx)') },
      display: 'image()',
    })
    expect(evaluated.result.hasFunctions).toBe(true)
    expect(await build(evaluated, { EXPECTED_REF: 'reg/a:x' })).toBeUndefined()
    expect(await build(evaluated, { EXPECTED_REF: 'reg/a:y', RESULT: 'reg/a:z\n' })).toBe('reg/a:z')
    expect(seen.map(({ expectedRef, resource }) => [expectedRef, resource])).toEqual([
      ['reg/a:x', 'web'],
      ['reg/a:y', 'web'],
    ])
    await expect(build(evaluated, { RESULT: 'Not one' })).rejects.toThrow(
      `customBuild('a') returned "Not one", which cannot name an image: it holds a space or a line break`,
    )
  })

  it('CB-01: takes no notice of other results, such as that of exec', async () => {
    const evaluated = await evaluate(() => {
      customBuild('a', () => Promise.resolve({ stdout: 'x', stderr: '', exitCode: 0 }), { deps: '.' })
    })
    expect(await build(evaluated, {})).toBeUndefined()
  })

  it('CB-02: watches paths, which need not exist, and warns of a star', async () => {
    const evaluated = await evaluate(() => void customBuild('a', 'make', { deps: ['./src', false, '/abs', './*.go'] }))
    const { folder, warnings } = evaluated
    expect(custom(evaluated).deps).toEqual([join(folder, 'src'), '/abs', join(folder, '*.go')])
    expect(warnings.map(({ message }) => message)).toEqual([
      'customBuild("a"): deps are paths, so the * in \'./*.go\' stands for itself',
    ])
  })

  it('CB-03: takes a tag, or a file with the reference, not both', async () => {
    const evaluated = await evaluate(() => {
      customBuild('a', 'make', { deps: '.', tag: 'dev' })
      customBuild('b', 'make', { deps: '.', outputsImageRefTo: './out/ref.txt' })
    })
    expect(custom(evaluated)).toMatchObject({ tag: 'dev' })
    expect(custom(evaluated, 'b')).toMatchObject({ outputsImageRefTo: join(evaluated.folder, 'out/ref.txt') })
    const wrong = await evaluate(() => {
      customBuild('a', 'make', { deps: '.', tag: 'dev', outputsImageRefTo: './ref.txt' })
      customBuild('b', 'make', { deps: '.', tag: 'a/b' })
    })
    expect(messages(wrong)).toEqual([
      'customBuild("a") has both tag and outputsImageRefTo',
      'customBuild("b"): `tag`: "a/b" is no tag',
    ])
  })

  it('IGN-08: the file with the reference triggers nothing', async () => {
    const { graph, folder } = await evaluate(() => {
      customBuild('a', 'make', { deps: '.', outputsImageRefTo: './out/[ref].txt' })
    })
    expect(graph().watchIgnores).toEqual([{ basePath: join(folder, 'out'), patterns: ['\\[ref\\].txt'] }])
  })

  it('CB-04: hands on who has the image, and who pushes it', async () => {
    const evaluated = await evaluate(() => {
      customBuild('a', 'make', { deps: '.', skipsLocalDocker: true })
      customBuild('b', 'make', { deps: '.', disablePush: true })
    })
    expect(custom(evaluated)).toMatchObject({ skipsLocalDocker: true, disablePush: false })
    expect(custom(evaluated, 'b')).toMatchObject({ skipsLocalDocker: false, disablePush: true })
  })

  it('CB-05: names the images it is built upon, in their order, and refuses what is no image', async () => {
    const evaluated = await evaluate(() => {
      const base = dockerBuild('base', '.', { dockerfileContents: 'FROM x' })
      const tools = customBuild('tools', 'make', { deps: '.', imageDeps: base })
      customBuild('a', 'make', { deps: '.', imageDeps: [tools, base] })
    })
    const place = expect.objectContaining({ line: custom(evaluated).place?.line })
    expect(custom(evaluated).imageDeps).toEqual([
      { name: 'tools', place },
      { name: 'base', place },
    ])
    expect(custom(evaluated, 'tools').imageDeps).toMatchObject([{ name: 'base' }])
    const wrong = await evaluate(() => void customBuild('a', 'make', { deps: '.', imageDeps: anything(['base']) }))
    expect(messages(wrong)[0]).toContain(
      'customBuild("a"): `imageDeps` must be an image, as dockerBuild and customBuild return it',
    )
  })

  it('CB-06: counts ignore from each folder in deps, not from files, and heeds their .dockerignore', async () => {
    const evaluated = await evaluate(
      () => void customBuild('a', 'make', { deps: ['./api', './go.mod', './later'], ignore: '*.md' }),
      { files: { 'api/.dockerignore': 'dist', 'go.mod': '' } },
    )
    const { folder, reads } = evaluated
    const [api, later] = [join(folder, 'api'), join(folder, 'later')]
    expect(custom(evaluated).ignores).toEqual([
      { basePath: folder, patterns: ['tilt.config.ts'] },
      { basePath: api, patterns: ['.git', '**/.tiltts'] },
      { basePath: later, patterns: ['.git', '**/.tiltts'] },
      { basePath: api, patterns: ['*.md'] },
      { basePath: later, patterns: ['*.md'] },
      { basePath: api, patterns: ['dist'] },
    ])
    expect(reads).toEqual(['api/.dockerignore', 'later/.dockerignore'])
  })

  it('CB-06: takes a live update, an entrypoint, arguments and matchInEnvVars as dockerBuild does', async () => {
    const { image } = await evaluate(() => {
      customBuild('a', 'make', {
        deps: '.',
        liveUpdate: [sync('./src', '/app')],
        entrypoint: './run',
        containerArgs: ['x'],
        matchInEnvVars: true,
      })
    })
    expect(image('a')).toMatchObject({
      liveUpdate: { syncs: [{ containerPath: '/app' }] },
      entrypoint: ['sh', '-c', './run'],
      containerArgs: ['x'],
      matchInEnvVars: true,
    })
  })

  it('CB-07: builds nothing by the command `:` with a live update; without one it is a command', async () => {
    const evaluated = await evaluate(() => {
      customBuild('a', ' : ', { deps: '.', liveUpdate: [sync('./src', '/app')] })
      customBuild('b', ':', { deps: '.' })
    })
    expect(custom(evaluated).command).toBeUndefined()
    expect(custom(evaluated, 'b').command).toEqual({ argv: ['sh', '-c', ':'], display: ':' })
  })
})
