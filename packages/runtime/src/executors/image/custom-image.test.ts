import { type CustomImageNode, UserError } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import type { FakeProgram } from '../../testing/fake-processes.js'
import { customNode, type ImageWorld, imageWorld, wasBuilt } from './image.test.support.js'

interface Start {
  readonly node?: Partial<CustomImageNode>
  /** What the command does; it gets the environment of its process. */
  readonly make?: (env: Readonly<Record<string, string>>, world: ImageWorld) => unknown
}

/** A command that builds an image and tags it as it is asked to, unless `make` says what it does. */
function start({ node = {}, make }: Start = {}): ImageWorld {
  const program: FakeProgram = ({ env }) => {
    if (make !== undefined) {
      const code = make(env, world)
      return typeof code === 'number' ? code : undefined
    }
    world.docker.image(env['EXPECTED_REF'] ?? '', { files: { '/main.js': world.files.read('/app/main.js') } })
    return undefined
  }
  const world: ImageWorld = imageWorld({ ...customNode, ...node }, { programs: { make: program } })
  return world
}

const calls = (world: ImageWorld) => world.processes.table().length
const envOf = (world: ImageWorld) => world.processes.table().at(-1)?.env ?? {}

describe('an image that a command builds', () => {
  it('CB-01, BLD-12, BLD-15: is looked for under the name that the command is told, and named by its content', async () => {
    const world = start({ node: { env: { OWN: '1' }, dir: '/app/lib' } })
    const end = await world.run()
    const seconds = Math.floor(world.clock.now() / 1000)
    expect(envOf(world)).toMatchObject({
      EXPECTED_REF: `shop/api:tilt-build-${seconds}`,
      EXPECTED_IMAGE: 'shop/api',
      EXPECTED_TAG: `tilt-build-${seconds}`,
      OWN: '1',
    })
    expect(world.processes.table().at(-1)).toMatchObject({ argv: ['make', 'image'], dir: '/app/lib' })
    const image = await world.docker.inspectImage(`shop/api:tilt-build-${seconds}`)
    expect(end).toMatchObject({
      ok: true,
      result: { imageId: image?.id, ref: expect.stringMatching(/^shop\/api:tilt-[0-9a-f]{16}$/), reused: false },
    })
    expect((await world.docker.inspectImage(end.ok ? end.result.ref : ''))?.id).toBe(image?.id)
  })

  it.each<[string, (world: ImageWorld) => void]>([
    ['a file', ({ files }) => files.write('/app/main.js', 'two')],
    ['the mode of a file', ({ files }) => files.chmod('/app/main.js', 0o755)],
    ['the command', node({ command: { argv: ['make', 'other'], display: 'make image' } })],
    ['its folder', node({ dir: '/app/lib' })],
    ['its environment', node({ env: { A: '1' } })],
    ['its tag', node({ tag: 'dev' })],
    ['its paths', node({ deps: ['/app/lib'] })],
    ['what it ignores', node({ ignores: [{ basePath: '/app', patterns: ['lib'] }] })],
    ['whether it pushes itself', node({ disablePush: true })],
    [
      'an image that it is built upon',
      (world) => {
        world.bases = [base('sha256:b')]
      },
    ],
  ])('CB-02: is built anew after a change of %s, and only once', async (_, change) => {
    const world = start()
    world.bases = [base('sha256:a')]
    expect(wasBuilt(await world.run())).toBe(true)
    expect(wasBuilt(await world.run('next'))).toBe(false)
    change(world)
    expect(wasBuilt(await world.run('next'))).toBe(true)
    expect(wasBuilt(await world.run('next'))).toBe(false)
    expect(calls(world)).toBe(2)
  })

  it('is built anew when its record is there and its image is not, and when it was asked for', async () => {
    const world = start()
    const first = await world.run()
    world.docker.removeImage(first.ok ? (first.result.imageId ?? '') : '')
    expect(wasBuilt(await world.run('next'))).toBe(true)
    world.job = { force: true }
    expect(wasBuilt(await world.run())).toBe(true)
    world.job = { useRecords: false }
    expect(wasBuilt(await world.run('next'))).toBe(true)
  })

  it('CB-05, BLD-20: tells the command what it is built upon, in order', async () => {
    const world = start()
    world.bases = [base('sha256:a', 'shop/one'), base('sha256:b', 'shop/two')]
    await world.run()
    expect(envOf(world)).toMatchObject({
      TILT_IMAGE_0: 'shop/one:tilt-1',
      TILT_IMAGE_MAP_0: 'shop/one',
      TILT_IMAGE_1: 'shop/two:tilt-1',
      TILT_IMAGE_MAP_1: 'shop/two',
    })
  })

  it('BLD-15: tells the path without the registry', async () => {
    const world = start({ node: { ref: 'localhost:5000/shop/api' } })
    await world.run()
    expect(envOf(world)).toMatchObject({
      EXPECTED_REF: expect.stringMatching(/^localhost:5000\/shop\/api:tilt-build-/),
      EXPECTED_IMAGE: 'shop/api',
    })
  })

  it('CB-03, BLD-13: is asked for under the tag of the config, and named by its content all the same', async () => {
    const world = start({ node: { tag: 'dev' } })
    const end = await world.run()
    expect(envOf(world)).toMatchObject({ EXPECTED_REF: 'shop/api:dev', EXPECTED_TAG: 'dev' })
    expect(end).toMatchObject({ ok: true, result: { ref: expect.stringMatching(/^shop\/api:tilt-[0-9a-f]{16}$/) } })
  })

  it('CB-03, BLD-14: is the one that the command names in a file, which is removed before', async () => {
    const world = start({
      node: { outputsImageRefTo: '/out/ref' },
      make(_, { files, docker }) {
        expect(files.lookAt('/out/ref')).toBeUndefined()
        docker.image('elsewhere/api:7')
        files.write('/out/ref', 'elsewhere/api:7\n')
      },
    })
    world.files.write('/out/ref', 'stale:1')
    expect(await world.run()).toMatchObject({ ok: true, result: { ref: 'elsewhere/api:7' } })
  })

  it.each([
    ['nothing', undefined, 'wrote no reference to /out/ref'],
    ['no tag', 'elsewhere/api', "'elsewhere/api', which is no image with a tag"],
    ['no image', 'elsewhere/api:8', 'elsewhere/api:8 is not in local Docker'],
  ])('BLD-14: fails when the command names %s in its file', async (_, text, error) => {
    const world = start({
      node: { outputsImageRefTo: '/out/ref' },
      make: (_env, { files }) => (text === undefined ? undefined : files.write('/out/ref', text)),
    })
    expect(await world.run()).toEqual({ ok: false, error: expect.stringContaining(error) })
  })

  it.each<[string, Partial<ImageWorld>]>([
    ['for a cluster', { job: { cluster: {} } }],
    ['for others to be built upon', { spec: { deployedBy: [] } }],
  ])('CB-04: is not looked for where it goes straight to a registry %s', async (_, given) => {
    const world = Object.assign(start({ node: { skipsLocalDocker: true, tag: 'dev' }, make: () => 0 }), given)
    const end = await world.run()
    expect(end).toMatchObject({ ok: true, result: { ref: 'shop/api:dev' } })
    expect(end.ok && end.result.imageId).toBeUndefined()
    expect(wasBuilt(await world.run('next'))).toBe(false)
  })

  it('CB-02: counts for no other files than those that it was built from', async () => {
    let edited = 'two'
    const world = start({
      make(env, { docker, files }) {
        docker.image(env['EXPECTED_REF'] ?? '', { files: { '/main.js': files.read('/app/main.js') } })
        files.write('/app/main.js', edited)
      },
    })
    expect(wasBuilt(await world.run())).toBe(true)
    world.files.write('/app/main.js', 'one')
    expect(wasBuilt(await world.run('next'))).toBe(true)
    edited = 'one'
    world.files.write('/app/main.js', 'one')
    expect(wasBuilt(await world.run('next'))).toBe(true)
    expect(wasBuilt(await world.run('next'))).toBe(false)
  })

  it('BLD-14: does not count the file that the command writes its reference to among what it is made of', async () => {
    let built = 0
    const world = start({
      node: { outputsImageRefTo: '/app/ref' },
      make(_, { files, docker }) {
        built += 1
        docker.image(`elsewhere/api:${built}`)
        files.write('/app/ref', `elsewhere/api:${built}\n`)
      },
    })
    expect(wasBuilt(await world.run())).toBe(true)
    expect(wasBuilt(await world.run('next'))).toBe(false)
  })

  it('CB-04: fails when the command succeeds and has made nothing, and says what to do', async () => {
    const world = start({ make: () => 0 })
    expect(await world.run()).toEqual({ ok: false, error: expect.stringMatching(/EXPECTED_REF.*skipsLocalDocker/) })
  })

  it('CB-01: fails with the exit code of the command, and is tried again', async () => {
    const world = start({ make: () => 3 })
    expect(await world.run()).toMatchObject({ ok: false, exitCode: 3 })
    await world.run()
    expect(calls(world)).toBe(2)
  })

  it('CB-01: may be built by a function, which may name what it has made', async () => {
    const fn = { command: { fn: { $fn: 'image:api', hash: '1' }, display: 'function' } }
    const world = start({ node: fn })
    world.job = { changedFiles: ['/app/main.js'] }
    world.answer = ({ context }) => {
      expect(context).toMatchObject({ dir: '/app', resource: 'api', changedFiles: ['/app/main.js'] })
      world.docker.image(context.env['EXPECTED_REF'] ?? '')
    }
    expect(wasBuilt(await world.run())).toBe(true)
    world.answer = () => {
      world.docker.image('other/api:9', { files: { '/9': '' } })
      return 'other/api:9'
    }
    node({ command: { fn: { $fn: 'image:api', hash: '2' }, display: 'function' } })(world)
    const end = await world.run('next')
    expect(end).toMatchObject({
      ok: true,
      result: { imageId: (await world.docker.inspectImage('other/api:9'))?.id, reused: false },
    })
  })

  it('CB-01: fails with what the function throws', async () => {
    const world = start({ node: { command: { fn: { $fn: 'image:api', hash: '1' }, display: 'function' } } })
    world.answer = () => {
      throw new UserError([{ code: 'config/failed', severity: 'error', message: 'no compiler', places: [] }])
    }
    expect(await world.run()).toEqual({ ok: false, error: expect.stringContaining('no compiler') })
    expect(world.log.join('')).toContain('no compiler')
  })

  it('CB-07: is never built where nothing is to build it', async () => {
    const world = start({ node: { command: undefined } })
    expect(await world.run()).toMatchObject({ ok: true, result: { ref: 'shop/api', reused: true } })
    expect(calls(world)).toBe(0)
  })

  it('RST-01: gets the helper as its last layer where its process is restarted in place', async () => {
    const restart = { what: 'process', triggers: [], entrypoint: ['serve'] } as const
    const liveUpdate = { syncs: [], runs: [], stopPaths: [], initialSync: false, place: undefined, restart }
    const world = start({ node: { liveUpdate } })
    world.spec = { helper: true }
    const end = await world.run()
    const image = await world.docker.inspectImage(end.ok ? end.result.ref : '')
    expect(image?.entrypoint).toContain('serve')
    expect(image?.entrypoint[0]).toBe('/.tiltts/helper')
    expect(wasBuilt(await world.run('next'))).toBe(false)
  })
})

function node(more: Partial<CustomImageNode>): (world: ImageWorld) => void {
  return (world) => {
    world.node = { ...(world.node as CustomImageNode), ...more }
  }
}

function base(imageId: string, ref = 'shop/base'): ImageWorld['bases'][number] {
  const result = { imageId, ref: `${ref}:tilt-1`, fingerprint: '', buildStartTime: '', reused: false }
  const spec = {
    node: { ...customNode, ref },
    repository: ref,
    dependsOn: [],
    watch: '',
    inputs: [],
    deployedBy: [],
    helper: false,
    definitionHash: '',
  }
  return { spec, result }
}
