import type { CustomImageNode } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { fakeRecords } from '../../testing/fake-records.js'
import type { Simulation } from '../../testing/simulate.js'
import { simulateSession } from '../../testing/simulate.js'

const ref = 'registry.example/shop/api:dev'

const image: CustomImageNode = {
  build: 'custom',
  ref: 'registry.example/shop/api',
  tag: 'dev',
  place: undefined,
  command: { argv: ['make'], display: 'make' },
  dir: '/project',
  env: {},
  deps: ['/project/api'],
  ignores: [],
  imageDeps: [],
  matchInEnvVars: false,
  skipsLocalDocker: true,
  disablePush: false,
}

/** Puts an image into the registry, as somebody elsewhere does: nothing of it stays here. */
async function pushElsewhere({ docker }: Pick<Simulation, 'docker'>, text: string): Promise<void> {
  docker.image(ref, { files: { '/main.js': text }, cmd: ['serve'] })
  await docker.push(ref, () => {}, new AbortController().signal)
  docker.removeImage(ref)
}

const records = new WeakMap<Simulation, ReturnType<typeof fakeRecords>>()

/** A session whose command builds from the file and pushes; the next one with the engine, files and records of another. */
async function start(from?: Simulation): Promise<Simulation> {
  const kept = (from && records.get(from)) ?? fakeRecords()
  let world: Pick<Simulation, 'docker' | 'files'> | undefined = from
  const sim = await simulateSession({
    config: (c) => {
      c.compose('compose.yaml')
      c.graph({ images: [image] })
    },
    files: { 'api/main.js': 'one' },
    composeFiles: { 'compose.yaml': { services: { api: { image: ref } } } },
    programs: { make: async () => world && pushElsewhere(world, world.files.read('/project/api/main.js')) },
    records: kept,
    ports(ports) {
      world ??= { docker: ports.docker as Simulation['docker'], files: ports.files as Simulation['files'] }
      return { ...ports, ...(from && { docker: from.docker, compose: from.compose, files: from.files }) }
    },
  })
  await sim.advance(1000)
  records.set(sim, kept)
  return sim
}

/** What a session has done: called the command, fetched the image. */
const done = (sim: Simulation): readonly string[] => [
  ...(sim.started().length > 0 ? ['built'] : []),
  ...(sim.log('api').includes('Pulling') ? ['pulled'] : []),
]

const held = (sim: Simulation): string | undefined => {
  const [container] = sim.compose.containersOf('project', 'api')
  return sim.docker.filesOf(container?.id ?? '')['/main.js']
}

describe('an image that goes straight to a registry', () => {
  it.each<[string, (first: Simulation) => void | Promise<void>, readonly string[], string]>([
    ['nothing has changed', () => {}, [], 'one'],
    [
      'somebody has pushed another one, and the one of before is here',
      (sim) => pushElsewhere(sim, 'theirs'),
      [],
      'one',
    ],
    ['a file has changed', ({ files }) => files.write('/project/api/main.js', 'two'), ['built', 'pulled'], 'two'],
    ['it is not here any more, but in the registry', removed, ['pulled'], 'one'],
    [
      'it is not here any more, and the registry has another one',
      async (sim) => {
        removed(sim)
        await pushElsewhere(sim, 'theirs')
      },
      ['built', 'pulled'],
      'one',
    ],
  ])('CB-04: in the next session, where %s', async (_, change, expected, text) => {
    const first = await start()
    expect(done(first)).toEqual(['built', 'pulled'])
    expect(held(first)).toBe('one')
    await first.stop()
    await change(first)
    const second = await start(first)
    expect(second.updates('api').at(-1)?.status).toMatchObject({ phase: 'succeeded' })
    expect(done(second)).toEqual(expected)
    expect(held(first)).toBe(text)
  })
})

function removed({ docker, compose }: Simulation): void {
  const [container] = compose.containersOf('project', 'api')
  const id = container?.imageId ?? ''
  docker.removeContainer(container?.id ?? '')
  docker.removeImage(id)
}
