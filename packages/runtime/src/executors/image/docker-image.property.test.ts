import type { DockerImageNode } from '@tiltts/spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeHelper } from '../../testing/fake-helper.js'
import { dockerNode, type ImageWorld, imageWorld, wasBuilt } from './image.test.support.js'

const node = (more: Partial<DockerImageNode>) => (world: ImageWorld) => {
  world.node = { ...(world.node as DockerImageNode), ...more }
}
const dockerfile = (contents: string) => node({ dockerfile: { path: '/app/Dockerfile', contents } })

/** Each changes one thing that the image is made of. */
const inputs: Readonly<Record<string, (world: ImageWorld) => void>> = {
  'the content of a file': ({ files }) => files.write('/app/main.js', 'two'),
  'the mode of a file': ({ files }) => files.chmod('/app/main.js', 0o755),
  'a new file': ({ files }) => files.write('/app/lib/new.js', ''),
  'an empty folder': ({ files }) => files.mkdir('/app/empty'),
  'a removed file': ({ files }) => files.remove('/app/lib/util.js'),
  'a moved file': ({ files }) => files.rename('/app/main.js', '/app/index.js'),
  'a file that became a folder': ({ files }) => {
    files.remove('/app/main.js')
    files.mkdir('/app/main.js')
  },
  'a file that became a link': ({ files }) => {
    files.remove('/app/main.js')
    files.symlink('lib/util.js', '/app/main.js')
  },
  'the Dockerfile': dockerfile('FROM busybox AS one\nCOPY . /other'),
  'the value of an argument': node({ buildArgs: { MODE: 'test' } }),
  'one more argument': node({ buildArgs: { MODE: 'dev', MORE: '' } }),
  'an argument from the environment': (world) => {
    world.env = { ...world.env, FROM_ENV: 'two' }
  },
  'the target': node({ target: 'two' }),
  'the platform': node({ platform: 'linux/arm64' }),
  'the default platform': (world) => {
    world.env = { ...world.env, DOCKER_DEFAULT_PLATFORM: 'linux/arm64' }
  },
  'the network': node({ network: 'host' }),
  'an extra host': node({ extraHosts: ['db:10.0.0.1'] }),
  'an extra tag': node({ extraTags: ['shop/api:dev'] }),
  'the content of a secret': ({ files }) => files.write('/home/token', 'other'),
  'a secret from the environment': (world) => {
    world.env = { ...world.env, TOKEN: 'two' }
  },
  'a socket': node({ ssh: ['default'] }),
  'the base image': ({ docker }) => void docker.image('busybox:latest', { files: { '/new': '' } }),
  'the version of the builder': (world) => {
    const { info } = world.docker
    world.engine = { info: async () => ({ ...(await info()), builder: 'buildkit/27.0.0' }) }
  },
  'the engine': (world) => {
    const { info } = world.docker
    world.engine = { info: async () => ({ ...(await info()), id: 'another' }) }
  },
  'the container helper': (world) => {
    world.spec = { helper: true }
  },
  'a rule that ignores': node({ ignores: [{ basePath: '/app', patterns: ['*.log', 'lib'] }] }),
  'a rule that no longer ignores': node({ ignores: [] }),
  'whether it pulls': (world) => {
    world.docker.publish('busybox')
    node({ pull: true })(world)
  },
}

function start(more: Partial<DockerImageNode> = {}): ImageWorld {
  const stages = 'FROM busybox AS one\nCOPY . /srv\nFROM one AS two\nCMD ["serve"]'
  const world = imageWorld({
    ...dockerNode,
    dockerfile: { path: '/app/Dockerfile', contents: stages },
    target: 'one',
    buildArgs: { MODE: 'dev', FROM_ENV: '' },
    secrets: ['id=token,src=/home/token', 'id=other,env=TOKEN'],
    ...more,
  })
  world.env = { FROM_ENV: 'one', TOKEN: 'one' }
  return world
}

describe('an image from a Dockerfile', () => {
  it.each(Object.entries(inputs))('is built anew after a change of %s, and only once', async (_, change) => {
    const world = start()
    expect(wasBuilt(await world.run())).toBe(true)
    expect(wasBuilt(await world.run())).toBe(false)
    expect(wasBuilt(await world.run('next'))).toBe(false)
    change(world)
    const entrypoint = ['serve']
    if (world.spec.helper) node({ liveUpdate: restarted(entrypoint) })(world)
    expect(wasBuilt(await world.run('next'))).toBe(true)
    expect(wasBuilt(await world.run())).toBe(false)
    expect(wasBuilt(await world.run('next'))).toBe(false)
  })

  it('is not built anew for what does not go into it', async () => {
    const world = start()
    await world.run()
    world.files.write('/app/noise.log', 'two')
    world.files.write('/app/main.js', 'one')
    world.files.write('/elsewhere/main.js', 'two')
    world.env = { ...world.env, UNUSED: '1' }
    node({ cacheFrom: ['shop/cache'] })(world)
    expect(wasBuilt(await world.run('next'))).toBe(false)
    expect(world.docker.builds()).toHaveLength(1)
  })

  it('is built anew with another helper in it, or another command behind that', async () => {
    const world = start({ liveUpdate: restarted(['serve']) })
    world.spec = { helper: true }
    expect(wasBuilt(await world.run())).toBe(true)
    expect(wasBuilt(await world.run('next'))).toBe(false)
    world.deps = { helper: { ...fakeHelper, checksum: () => 'newer' } }
    expect(wasBuilt(await world.run('next'))).toBe(true)
    node({ liveUpdate: restarted(['other']) })(world)
    expect(wasBuilt(await world.run('next'))).toBe(true)
  })

  it('gets the helper for its own processor, whatever that of the engine is', async () => {
    const world = start({ liveUpdate: restarted(['serve']), platform: 'linux/arm64' })
    world.spec = { helper: true }
    const asked: string[] = []
    world.deps = {
      helper: { ...fakeHelper, file: (arch) => (asked.push(arch) > 0 ? fakeHelper.file(arch) : undefined) },
    }
    expect(wasBuilt(await world.run())).toBe(true)
    expect(asked).toEqual(['arm64'])
  })

  it('needs no command of its own for the helper in a cluster, where containers name one', async () => {
    const world = imageWorld({ ...dockerNode, liveUpdate: restarted() })
    dockerfile('FROM scratch\nCOPY . /srv')(world)
    world.spec = { helper: true }
    expect(await world.run()).toMatchObject({ ok: false, error: expect.stringContaining('neither ENTRYPOINT nor CMD') })
    world.job = { cluster: {} }
    const end = await world.run()
    expect(wasBuilt(end)).toBe(true)
    expect((await world.docker.inspectImage(end.ok ? end.result.ref : ''))?.entrypoint).toEqual([])
  })

  it('is built anew when its record is there and its image is not', async () => {
    const world = start()
    const first = await world.run()
    world.docker.removeImage(first.ok ? (first.result.imageId ?? '') : '')
    expect(wasBuilt(await world.run('next'))).toBe(true)
    expect(wasBuilt(await world.run('next'))).toBe(false)
  })

  it('gets its tag back when somebody has taken only that away', async () => {
    const world = start({ extraTags: [] })
    const first = await world.run()
    const { ref = '', imageId = '' } = first.ok ? first.result : {}
    await world.docker.tag(imageId, 'keeps:it')
    world.docker.removeImage(ref)
    expect(wasBuilt(await world.run('next'))).toBe(false)
    expect((await world.docker.inspectImage(ref))?.id).toBe(imageId)
  })

  it('is built anew when it was asked for, and when records of earlier sessions do not count', async () => {
    const world = start()
    await world.run()
    world.job = { force: true }
    expect(wasBuilt(await world.run())).toBe(true)
    world.job = { useRecords: false }
    expect(wasBuilt(await world.run('next'))).toBe(true)
    expect(wasBuilt(await world.run())).toBe(false)
  })

  it('is built anew when a registry has another base image, if it pulls', async () => {
    const world = start({ pull: true })
    world.docker.publish('busybox')
    expect(wasBuilt(await world.run())).toBe(true)
    expect(wasBuilt(await world.run('next'))).toBe(false)
    world.docker.publish('busybox', { files: { '/new': '' } })
    expect(wasBuilt(await world.run('next'))).toBe(true)
    expect(wasBuilt(await world.run('next'))).toBe(false)
  })

  it('is built once a session when it pulls and no registry answers', async () => {
    const world = start({ pull: true })
    for (const session of ['same', 'next'] as const) {
      expect(wasBuilt(await world.run(session))).toBe(true)
      expect(wasBuilt(await world.run())).toBe(false)
    }
  })

  it('is built anew exactly when its files differ from those it was built from, whatever happens to them', async () => {
    const path = fc.constantFrom('/app/a', '/app/b', '/app/lib/c', '/app/x.log')
    const edit = fc.oneof(
      fc.record({ do: fc.constant('write' as const), path, text: fc.constantFrom('1', '2') }),
      fc.record({ do: fc.constantFrom('remove' as const, 'chmod' as const), path, text: fc.constant('') }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(edit, { maxLength: 3 }), { maxLength: 6 }), async (rounds) => {
        const world = imageWorld(dockerNode)
        await world.run()
        let built = stateOf(world)
        for (const edits of rounds) {
          for (const { do: what, path: at, text } of edits) {
            const isThere = world.files.lookAt(at) !== undefined
            if (what === 'write') world.files.write(at, text)
            else if (isThere && what === 'remove') world.files.remove(at)
            else if (isThere && what === 'chmod') world.files.chmod(at)
          }
          const now = stateOf(world)
          expect(wasBuilt(await world.run('next'))).toBe(now !== built)
          built = now
        }
      }),
      { numRuns: 60 },
    )
  })
})

function restarted(entrypoint?: readonly string[]): NonNullable<DockerImageNode['liveUpdate']> {
  return {
    syncs: [],
    runs: [],
    stopPaths: [],
    initialSync: false,
    place: undefined,
    restart: { what: 'process', triggers: [], ...(entrypoint && { entrypoint }) },
  }
}

/** What the build takes in, told apart from how it is digested. */
function stateOf({ files }: ImageWorld): string {
  const look = (path: string) => {
    const entry = files.lookAt(path)
    return entry === undefined ? '-' : `${entry.kind} ${entry.mode} ${entry.text}`
  }
  return ['/app/a', '/app/b', '/app/lib', '/app/lib/c'].map(look).join('\n')
}
