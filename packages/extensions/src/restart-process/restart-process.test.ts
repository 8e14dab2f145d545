import { fallBackOn, type LiveUpdate, liveUpdate, restartContainer, restartProcess, run, sync } from '@tiltts/config'
import { describe, expect, it } from 'vitest'
import { type Evaluation, evaluate, messagesOf } from '../evaluate.test.support.js'
import { customBuildWithRestart, dockerBuildWithRestart } from './index.js'

const anything = (value: unknown): never => value as never
const dockerfileContents = 'FROM a'
const entrypoint = ['/app/server', '--dev']

const images = async (config: () => unknown): Promise<NonNullable<Evaluation['graph']>['images']> => {
  const { graph, diagnostics } = await evaluate(config)
  expect(diagnostics).toEqual([])
  return graph?.images ?? []
}

describe('dockerBuildWithRestart', () => {
  it('RST-01: is dockerBuild with a restart of the process at the end of its live update', async () => {
    const declared = await images(() =>
      dockerBuildWithRestart('shop/api', './api', {
        dockerfileContents,
        entrypoint,
        trigger: ['./api/bin'],
        restartFile: '/tmp/.restart',
        target: 'dev',
        liveUpdate: [fallBackOn('./api/go.mod'), sync('./api/bin', '/app'), false, run('make')],
      }),
    )
    expect(declared).toMatchObject([
      {
        ref: 'shop/api',
        context: '/project/api',
        dockerfile: { contents: dockerfileContents },
        target: 'dev',
        liveUpdate: {
          syncs: [{ localPath: '/project/api/bin', containerPath: '/app' }],
          runs: [{ display: 'make' }],
          stopPaths: ['/project/api/go.mod'],
          restart: { what: 'process', entrypoint, triggers: ['/project/api/bin'], onExit: 'end' },
        },
      },
    ])
    // what the container starts with stays the image's own wherever the image is deployed
    expect(declared[0]?.entrypoint).toBeUndefined()
  })

  it('RST-01: takes a reusable live update, and leaves it as it is', async () => {
    let shared: LiveUpdate | undefined
    await images(() => {
      shared = liveUpdate(sync('./api', '/app'))
      dockerBuildWithRestart('a', '.', { dockerfileContents, entrypoint, liveUpdate: shared })
      dockerBuildWithRestart('b', '.', { dockerfileContents, entrypoint: './run', liveUpdate: shared })
    }).then(([a, b]) => {
      expect(a?.liveUpdate?.restart).toMatchObject({ entrypoint, triggers: [] })
      expect(b?.liveUpdate?.restart).toMatchObject({ entrypoint: ['sh', '-c', './run'] })
    })
    expect(shared?.steps.map(({ step }) => step)).toEqual(['sync'])
  })

  it('RST-02: ends the container with its process, or keeps it waiting', async () => {
    const onExit = async (exitPolicy: 'restart' | 'continue' | undefined): Promise<unknown> =>
      (
        await images(() =>
          dockerBuildWithRestart('a', '.', {
            dockerfileContents,
            entrypoint,
            exitPolicy,
            liveUpdate: [sync('a', '/a')],
          }),
        )
      )[0]?.liveUpdate?.restart?.onExit
    expect(await onExit(undefined)).toBe('end')
    expect(await onExit('restart')).toBe('end')
    expect(await onExit('continue')).toBe('stay')
  })

  it('RST-02: refuses a live update without steps, with a restart, or with nothing to bring', async () => {
    const of = (steps: () => unknown): Promise<readonly string[]> =>
      messagesOf(() =>
        dockerBuildWithRestart('a', '.', { dockerfileContents, entrypoint, liveUpdate: anything(steps()) }),
      )
    const needs =
      "dockerBuildWithRestart('a') needs a liveUpdate: without one, each change starts a new container anyway"
    expect(await of(() => undefined)).toEqual([needs])
    expect(await of(() => [])).toEqual([needs])
    expect(await of(() => [false, null])).toEqual([needs])
    expect(await of(() => liveUpdate())).toEqual([needs])
    expect(await of(() => [sync('a', '/a'), restartContainer()])).toEqual([
      "dockerBuildWithRestart('a') restarts the process itself: leave restartContainer() out of its liveUpdate",
    ])
    expect(await of(() => liveUpdate(sync('a', '/a'), restartProcess()))).toEqual([
      "dockerBuildWithRestart('a') restarts the process itself: leave restartProcess() out of its liveUpdate",
    ])
    expect(await of(() => [fallBackOn('a')])).toEqual([
      'dockerBuild("a"): a live update needs a sync or a run, and this one has neither',
    ])
  })

  it('RST-02: refuses an entrypoint that starts nothing, and an exitPolicy that is none', async () => {
    const of = (options: object): Promise<readonly string[]> =>
      messagesOf(() =>
        dockerBuildWithRestart('a', '.', anything({ dockerfileContents, liveUpdate: [sync('a', '/a')], ...options })),
      )
    const needs = "dockerBuildWithRestart('a') needs an entrypoint: a text that is not empty, or a list of strings"
    expect(await of({})).toEqual([needs])
    expect(await of({ entrypoint: '' })).toEqual([needs])
    expect(await of({ entrypoint: [] })).toEqual([needs])
    expect(await of({ entrypoint: 7 })).toEqual([
      expect.stringContaining('restartProcess(): `entrypoint` must be a command'),
    ])
    expect(await of({ entrypoint, exitPolicy: 'contineu' })).toEqual([
      "dockerBuildWithRestart('a'): exitPolicy must be 'restart' or 'continue', but it is \"contineu\"",
    ])
  })
})

describe('customBuildWithRestart', () => {
  it('RST-01: is customBuild with a restart of the process at the end of its live update', async () => {
    const declared = await images(() =>
      customBuildWithRestart('a', 'make', {
        deps: './src',
        dir: './build',
        entrypoint: './run',
        exitPolicy: 'continue',
        liveUpdate: [sync('./src', '/app')],
      }),
    )
    expect(declared).toMatchObject([
      {
        build: 'custom',
        dir: '/project/build',
        deps: ['/project/src'],
        liveUpdate: {
          syncs: [{ containerPath: '/app' }],
          restart: { what: 'process', entrypoint: ['sh', '-c', './run'], onExit: 'stay' },
        },
      },
    ])
  })

  it.each(['skipsLocalDocker', 'disablePush', 'tag'])('RST-02: refuses %s', async (option) => {
    const options = { deps: '.', entrypoint, [option]: option === 'tag' ? 'x' : true }
    expect(
      await messagesOf(() => customBuildWithRestart('a', 'make', { ...options, liveUpdate: [sync('a', '/a')] })),
    ).toEqual([`customBuildWithRestart('a') cannot have ${option}: the image must be in local Docker`])
  })
})
