import { join } from 'node:path'
import type { LiveUpdateSpec } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { customBuild } from './custom-build.js'
import { dockerBuild } from './docker-build.js'
import { brand } from './handle.js'
import { k8sCustomDeploy } from './k8s-custom-deploy.js'
import {
  fallBackOn,
  initialSync,
  type LiveUpdate,
  liveUpdate,
  restartContainer,
  restartProcess,
  run,
  sync,
} from './live-update.js'
import { type Evaluated, type EvaluateOptions, evaluate } from './testing/evaluate.js'

const anything = (value: unknown): never => value as never
const edit: boolean = JSON.parse('true')
const messages = ({ errors }: Evaluated): readonly string[] => errors.map(({ message }) => message)

/** The first line of a thrown-together stack that is in a test: where something was called. */
const lineHere = (): number =>
  Number(/live-update\.test\.ts:(\d+)/.exec(new Error('here').stack?.split('\n')[2] ?? '')?.[1])

/** An image `a` with a live update. */
const withSteps = (steps: () => unknown, options: EvaluateOptions = {}): Promise<Evaluated> =>
  evaluate(
    () => void dockerBuild('a', './web', { dockerfileContents: 'FROM a', liveUpdate: anything(steps()) }),
    options,
  )
const specOf = (evaluated: Evaluated): LiveUpdateSpec | undefined => evaluated.image('a').liveUpdate

describe('a live update', () => {
  it('LUC-01: is made of its steps, in the order they are written', async () => {
    const evaluated = await withSteps(() => [
      initialSync(),
      fallBackOn(['./web/Dockerfile', edit && './web/conf']),
      sync('./web/src', '/app/src', { ignore: ['*.test.ts', false] }),
      sync('/etc/hosts', '/app/../hosts/'),
      run('  npm install ', { trigger: './web/package.json' }),
      run(['make', 'it all'], { trigger: [undefined, './a', './b'], echoOff: true }),
      restartContainer(),
    ])
    const { folder } = evaluated
    const { place, ...spec } = specOf(evaluated) ?? {}
    expect(spec).toEqual({
      syncs: [
        {
          localPath: join(folder, 'web/src'),
          containerPath: '/app/src',
          ignores: [{ basePath: join(folder, 'web/src'), patterns: ['*.test.ts'] }],
        },
        { localPath: '/etc/hosts', containerPath: '/hosts/', ignores: [] },
      ],
      runs: [
        {
          argv: ['sh', '-c', 'npm install'],
          display: 'npm install',
          triggers: [join(folder, 'web/package.json')],
          echoOff: false,
        },
        {
          argv: ['make', 'it all'],
          display: "make 'it all'",
          triggers: [join(folder, 'a'), join(folder, 'b')],
          echoOff: true,
        },
      ],
      stopPaths: [join(folder, 'web/Dockerfile'), join(folder, 'web/conf')],
      initialSync: true,
      restart: { what: 'container', triggers: [] },
    })
    expect(place).toEqual(evaluated.image('a').place)
  })

  it('LUC-01: is none when the list holds no step, and refuses what is no step', async () => {
    for (const none of [undefined, [], [!edit && sync('a', '/a'), null, undefined]]) {
      const evaluated = await withSteps(() => none)
      expect(specOf(evaluated)).toBeUndefined()
      expect(evaluated.errors).toEqual([])
    }
    const made = (): unknown => [sync('a', '/a'), { step: 'sync', localPath: 'a' }, 'npm install', () => 1]
    expect(messages(await withSteps(made))).toEqual([
      expect.stringMatching(/^dockerBuild\("a"\): expected steps of a live update, got \{ step: 'sync'/),
      'dockerBuild("a"): expected steps of a live update, got "npm install"',
      'dockerBuild("a"): expected steps of a live update, got a function',
    ])
    expect(messages(await withSteps(() => 'sync'))).toEqual([
      'dockerBuild("a"): `liveUpdate` must be a list of steps or a liveUpdate(…), but it is "sync"',
    ])
  })

  it.each<[string, () => readonly unknown[], string]>([
    [
      'a sync after a run',
      () => [run('x'), sync('a', '/a')],
      'dockerBuild("a"): sync("a", "/a") may not follow run("x")',
    ],
    [
      'fallBackOn after a sync',
      () => [sync('a', '/a'), fallBackOn('b')],
      'dockerBuild("a"): fallBackOn("b") may not follow sync("a", "/a")',
    ],
    [
      'initialSync after a run',
      () => [run('x'), initialSync()],
      'dockerBuild("a"): initialSync() may not follow run("x")',
    ],
    [
      'initialSync twice',
      () => [initialSync(), fallBackOn('b'), initialSync(), sync('a', '/a')],
      'dockerBuild("a"): initialSync() is there twice',
    ],
    [
      'a step after a restart',
      () => [sync('a', '/a'), restartContainer(), run('x')],
      'dockerBuild("a"): run("x") may not follow restartContainer()',
    ],
    [
      'a second restart',
      () => [sync('a', '/a'), restartProcess(), restartContainer()],
      'dockerBuild("a"): restartContainer() may not follow restartProcess()',
    ],
  ])('LUC-02: refuses %s where the types were passed by', async (_what, steps, message) => {
    const evaluated = await withSteps(steps)
    expect(messages(evaluated)).toEqual([message])
    expect(evaluated.errors[0]?.code).toBe('config/live-update')
  })

  it('LUC-02: shows the step that is out of order, then the image', async () => {
    const lines: number[] = []
    const evaluated = await evaluate(() => {
      lines.push(lineHere() + 1)
      const late = sync('a', '/a')
      lines.push(lineHere() + 1)
      dockerBuild('a', '.', { dockerfileContents: 'FROM a', liveUpdate: anything([run('x'), late]) })
    })
    expect(evaluated.errors[0]?.places.map(({ line }) => line)).toEqual(lines)
  })

  it('LUC-02: complains once of a reusable one, however many images take it', async () => {
    const evaluated = await evaluate(() => {
      const shared = (liveUpdate as (...steps: unknown[]) => LiveUpdate)(run('x'), sync('a', '/a'))
      dockerBuild('a', '.', { dockerfileContents: 'FROM a', liveUpdate: shared })
      dockerBuild('b', '.', { dockerfileContents: 'FROM b', liveUpdate: shared })
    })
    expect(messages(evaluated)).toEqual(['liveUpdate(): sync("a", "/a") may not follow run("x")'])
  })

  it('LUC-03: needs a sync or a run', async () => {
    for (const steps of [() => [initialSync()], () => [fallBackOn('a')], () => [restartProcess()]]) {
      expect(messages(await withSteps(steps))).toEqual([
        'dockerBuild("a"): a live update needs a sync or a run, and this one has neither',
      ])
    }
    expect((await withSteps(() => [run('only')])).errors).toEqual([])
  })

  it('LUC-04: refuses a path in the container that is not absolute, at the sync itself', async () => {
    const lines: number[] = []
    const evaluated = await withSteps(() => {
      lines.push(lineHere() + 1)
      const bad = sync('./src', 'app')
      return [bad, sync('a', anything(undefined)), sync('', '/a')]
    })
    expect(messages(evaluated)).toEqual([
      'sync("./src", "app"): the path in the container must be absolute, but it is "app"',
      'sync("a", missing): the path in the container must be absolute, but it is missing',
      'sync("", "/a"): expected a path here, got ""',
    ])
    expect(evaluated.errors[0]).toMatchObject({
      code: 'config/live-update',
      hint: "It begins with a slash: sync('./src', '/app/src')",
      places: [{ line: lines[0] }, ...(evaluated.errors[0]?.places.slice(1) ?? [])],
    })
  })

  it('LUC-05: runs a text through sh in the container, on every system, and refuses what is no command', async () => {
    const evaluated = await withSteps(() => [run('npm ci')], { platform: 'windows' })
    expect(specOf(evaluated)?.runs[0]?.argv).toEqual(['sh', '-c', 'npm ci'])
    expect(
      messages(
        await withSteps(() => [run(' '), run([]), run('x', { trigger: anything(1) }), run('x', anything({ on: 1 }))]),
      ),
    ).toEqual([
      expect.stringContaining('run(): expected a command'),
      expect.stringContaining('run(): expected a command'),
      expect.stringContaining('run("x"): `trigger` must be a string or a list of strings'),
      'run("x") has no option `on`',
    ])
  })

  it('LUC-05: takes paths, not patterns, and warns of a star', async () => {
    const { warnings } = await withSteps(() => [
      fallBackOn('*.lock'),
      sync('src/*', '/a'),
      run('x', { trigger: '*.json' }),
      restartProcess({ trigger: '**' }),
    ])
    expect(warnings.map(({ message }) => message)).toEqual([
      'fallBackOn("*.lock"): its arguments are paths, so the * in \'*.lock\' stands for itself',
      'sync("src/*", "/a"): its arguments are paths, so the * in \'src/*\' stands for itself',
      'run("x"): triggers are paths, so the * in \'*.json\' stands for itself',
      "restartProcess(): triggers are paths, so the * in '**' stands for itself",
    ])
  })

  it('LUC-07: refuses a step that no live update takes, at its own place', async () => {
    const lines: number[] = []
    const evaluated = await evaluate(() => {
      dockerBuild('a', '.', { dockerfileContents: 'FROM a', liveUpdate: [sync('a', '/a')] })
      lines.push(lineHere() + 1)
      sync('b', '/b')
      liveUpdate(sync('c', '/c'))
      run('make')
      fallBackOn(['x'])
      initialSync()
      restartContainer()
      restartProcess()
    })
    expect(messages(evaluated)).toEqual([
      'sync("b", "/b") is in no live update',
      'run("make") is in no live update',
      "fallBackOn([ 'x' ]) is in no live update",
      'initialSync() is in no live update',
      'restartContainer() is in no live update',
      'restartProcess() is in no live update',
    ])
    expect(evaluated.errors[0]?.places[0]?.line).toBe(lines[0])
  })

  it('LUC-07: takes one step into several live updates, and says nothing of steps in a config that stopped', async () => {
    const shared = await evaluate(() => {
      const both = sync('a', '/a')
      for (const ref of ['a', 'b']) dockerBuild(ref, '.', { dockerfileContents: 'FROM a', liveUpdate: [both] })
    })
    expect(shared.errors).toEqual([])
    expect(shared.graph().images.map((image) => image.liveUpdate?.syncs.length)).toEqual([1, 1])
    const stopped = await evaluate(() => {
      sync('a', '/a')
      throw new Error('stop')
    })
    expect(messages(stopped)).toEqual(['Error: stop'])
  })

  it('LUC-07: takes the steps of a custom deployment as used, and complains of their order there, too', async () => {
    const deploy = (steps: () => unknown): Promise<Evaluated> =>
      evaluate(() => {
        k8sCustomDeploy('a', {
          applyCmd: 'a',
          deleteCmd: 'b',
          deps: '.',
          containerSelector: 'x',
          liveUpdate: anything(steps()),
        })
      })
    expect(messages(await deploy(() => [sync('a', '/a')]))).toEqual([])
    expect(messages(await deploy(() => [run('x'), sync('a', '/a')]))).toEqual([
      'k8sCustomDeploy("a"): sync("a", "/a") may not follow run("x")',
    ])
  })

  it('is reusable: several images take a liveUpdate(…), whose place it keeps', async () => {
    let line = 0
    let update: LiveUpdate | undefined
    const evaluated = await evaluate(() => {
      line = lineHere() + 1
      update = liveUpdate(edit && sync('./src', '/app'), !edit && run('x'))
      dockerBuild('a', '.', { dockerfileContents: 'FROM a', liveUpdate: update })
      dockerBuild('b', '.', { dockerfileContents: 'FROM b', liveUpdate: update })
    })
    expect(update?.[brand]).toBe('liveUpdate')
    expect(update?.steps.map(({ step }) => step)).toEqual(['sync'])
    expect(specOf(evaluated)).toMatchObject({ syncs: [{ containerPath: '/app' }], place: { line } })
    expect(evaluated.image('b').liveUpdate).toEqual(specOf(evaluated))
  })

  it('means with fallBackOn a path in the context when nothing stands at the path itself', async () => {
    const config = (): void => {
      const update = liveUpdate(fallBackOn(['Dockerfile', 'conf', '../up', 'gone']), sync('.', '/app'))
      dockerBuild('a', './web', { dockerfileContents: 'FROM a', liveUpdate: update })
      customBuild('b', 'make', { deps: ['./file', './lib'], liveUpdate: update })
    }
    const files = { 'web/Dockerfile': 'FROM a', 'web/conf/x': '', conf: '', up: '', file: '', 'lib/Dockerfile': '' }
    const { folder, image, reads } = await evaluate(config, { files })
    expect(image('a').liveUpdate?.stopPaths).toEqual(
      ['web/Dockerfile', 'conf', '../up', 'gone'].map((path) => join(folder, path)),
    )
    expect(image('b').liveUpdate?.stopPaths[0]).toBe(join(folder, 'lib/Dockerfile'))
    // one that turns up in the config's folder is meant from then on
    expect(reads).toContain('Dockerfile')
    expect(reads).not.toContain('gone')
  })

  it('restarts the process with what it is told, and leaves the rest to the image', async () => {
    const told = await withSteps(() => [
      sync('a', '/a'),
      restartProcess({ entrypoint: './server --dev', trigger: './a', onExit: 'stay' }),
    ])
    expect(specOf(told)?.restart).toEqual({
      what: 'process',
      entrypoint: ['sh', '-c', './server --dev'],
      triggers: [join(told.folder, 'a')],
      onExit: 'stay',
    })
    const list = await withSteps(() => [sync('a', '/a'), restartProcess({ entrypoint: ['./server'] })])
    expect(specOf(list)?.restart).toEqual({ what: 'process', entrypoint: ['./server'], triggers: [] })
    const bare = await withSteps(() => [sync('a', '/a'), restartProcess()])
    expect(specOf(bare)?.restart).toEqual({ what: 'process', triggers: [] })
    const wrong = await withSteps(() => [
      sync('a', '/a'),
      restartProcess(anything({ entrypoint: [], onExit: 'restart', restartFile: 'x' })),
    ])
    expect(messages(wrong)).toEqual([
      expect.stringContaining('restartProcess(): `entrypoint` must be a command'),
      "restartProcess(): `onExit` must be 'end' or 'stay', but it is \"restart\"",
      'restartProcess() has no option `restartFile`',
    ])
  })
})
