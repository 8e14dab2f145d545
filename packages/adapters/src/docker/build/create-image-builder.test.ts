import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { BuildEvent } from '@tiltts/runtime/ports'
import { describe, expect, it } from 'vitest'
import {
  type BuilderWorld,
  type Built,
  builderWorld,
  failureOf,
  imageOf,
  type RequestOptions,
} from './testing/builder-world.js'
import { standInBuilder } from './testing/stand-in-builder.js'

const built = `sha256:${'a'.repeat(64)}`
const corruption = 'failed commit on ref "layer-sha256:1": unexpected commit digest: failed precondition'

function say(response: ServerResponse, ...messages: readonly unknown[]): void {
  response.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
}

/** The bench's own would ask the engine for its images. */
async function build(bench: BuilderWorld, options?: RequestOptions): Promise<Built> {
  const events: BuildEvent[] = []
  const request = bench.request('FROM busybox\n', options)
  return {
    outcome: await bench.builder.build(request, (event) => events.push(event), new AbortController().signal),
    events,
  }
}

const success = { aux: { ID: built } }

describe('an image builder', () => {
  it('BLD-09: tries once more without BuildKit when the store of that is corrupted', async () => {
    const engine = await standInBuilder((version, response) =>
      say(response, version === '2' ? { errorDetail: { message: corruption } } : success),
    )
    const bench = builderWorld({ DOCKER_HOST: engine.host })
    const { outcome, events } = await build(bench)
    expect(outcome).toEqual({ ok: true, imageId: built })
    expect(engine.builds).toEqual(['2', '1'])
    expect(events).toContainEqual({ kind: 'warning', message: expect.stringContaining('once more without BuildKit') })
  })

  it('BLD-09: does not when the build needs what only BuildKit has, and never twice', async () => {
    const engine = await standInBuilder((_version, response) => say(response, { errorDetail: { message: corruption } }))
    const bench = builderWorld({ DOCKER_HOST: engine.host, TILTTS_TEST_TOKEN: 'x' })
    const failed = await build(bench, { secrets: ['id=TILTTS_TEST_TOKEN'] })
    expect(failureOf(failed).message).toContain('failed precondition')
    expect(engine.builds).toEqual(['2'])
    expect(failureOf(await build(bench)).message).toContain('failed precondition')
    expect(engine.builds).toEqual(['2', '2', '1'])
  })

  it.each([
    ['an old API', { DOCKER_API_VERSION: '1.38' }, '1', 'docker 26.1.5 without BuildKit'],
    ['DOCKER_BUILDKIT=0', { DOCKER_BUILDKIT: '0' }, '1', 'docker 26.1.5 without BuildKit'],
    ['DOCKER_BUILDKIT=True', { DOCKER_BUILDKIT: 'True' }, '2', 'BuildKit of docker 26.1.5'],
    ['no setting', {}, '2', 'BuildKit of docker 26.1.5'],
    ['the default builder of buildx', { BUILDX_BUILDER: 'default' }, '2', 'BuildKit of docker 26.1.5'],
  ])('BLD-06: takes the builder that the engine has and the user wants: %s', async (_, env, version, name) => {
    const engine = await standInBuilder((_version, response) => say(response, success))
    const bench = builderWorld({ DOCKER_HOST: engine.host, BUILDX_CONFIG: '/no/such', ...env })
    expect(await bench.builder.describe()).toBe(name)
    expect(imageOf(await build(bench))).toBe(built)
    expect(engine.builds).toEqual([version])
  })

  it('BLD-06: refuses a DOCKER_BUILDKIT that is neither true nor false', async () => {
    const engine = await standInBuilder((_version, response) => say(response, success))
    const bench = builderWorld({ DOCKER_HOST: engine.host, DOCKER_BUILDKIT: 'maybe' })
    expect(failureOf(await build(bench))).toMatchObject({
      code: 'docker/no-builder',
      message: 'DOCKER_BUILDKIT is "maybe", which is neither true nor false',
    })
    expect(engine.builds).toEqual([])
  })

  it('BLD-08: names a context that is not there, and calls no builder', async () => {
    const engine = await standInBuilder((_version, response) => say(response, success))
    const bench = builderWorld({ DOCKER_HOST: engine.host })
    const folder = join(bench.folder, 'none')
    expect(failureOf(await build(bench, { context: { folder } }))).toMatchObject({
      message: `the build context ${folder} does not exist`,
      hint: 'Make the folder, or mend the context of dockerBuild.',
    })
    bench.write('file', '')
    expect(failureOf(await build(bench, { context: { folder: join(bench.folder, 'file') } })).message).toMatch(
      /is no folder$/,
    )
    expect(engine.builds).toEqual([])
  })

  it.each([
    ['without a word', (response: ServerResponse) => void response.end()],
    [
      'by cutting the connection',
      (response: ServerResponse) => {
        response.write('{"stream":"Step 1/2 : FROM busybox"}\n')
        setTimeout(() => response.destroy(), 20)
      },
    ],
  ])('says that the engine is away when it breaks off %s, so that the build is tried again', async (_, breakOff) => {
    const engine = await standInBuilder((_version, response) => breakOff(response))
    for (const env of [{}, { DOCKER_BUILDKIT: '0' }]) {
      const bench = builderWorld({ DOCKER_HOST: engine.host, ...env })
      await expect(build(bench)).rejects.toMatchObject({ code: 'docker/unreachable', retry: true })
    }
  })
})
