import { describe, expect, it } from 'vitest'
import { fakeRecords } from '../../testing/fake-records.js'
import type { SimulateOptions, Simulation } from '../../testing/simulate.js'
import { simulateSession } from '../../testing/simulate.js'

const files = {
  'api/Dockerfile': 'FROM busybox\nCOPY . /srv\nCMD ["serve"]',
  'api/main.js': 'one',
  'api/notes.md': 'one',
  'api/.dockerignore': '*.md',
}
const definition = { build: { context: 'api' } }

interface Start extends Partial<SimulateOptions> {
  readonly service?: NonNullable<SimulateOptions['composeFiles']>[string]['services'][string]
}

async function start(from: Simulation | undefined, { service = definition, ...options }: Start): Promise<Simulation> {
  // Time goes on between sessions, by whose clocks files are told to be old.
  from?.docker.goAway()
  const sim = await simulateSession({
    config: (c) => c.compose('compose.yaml'),
    files,
    composeFiles: { 'compose.yaml': { services: { api: service } } },
    ...options,
    ports: (ports) => ({
      ...(options.ports?.(ports) ?? ports),
      ...(from && { docker: from.docker, compose: from.compose, files: from.files }),
    }),
  })
  await sim.advance(from === undefined ? 1000 : 100_000)
  from?.docker.comeBack()
  await sim.advance(11_000)
  return sim
}

const builds = (sim: Simulation) => sim.compose.calls().filter(({ verb }) => verb === 'build').length

describe('an image that compose builds', () => {
  it('DC-02: is built before its service comes up, and again when its files change', async () => {
    const sim = await start(undefined, {})
    expect(sim.compose.calls().map(({ verb }) => verb)).toEqual(['load', 'build', 'up'])
    await sim.edit({ 'api/main.js': 'two' })
    await sim.advance(1000)
    expect(builds(sim)).toBe(2)
    const [container] = sim.compose.containersOf('project', 'api')
    expect(sim.docker.filesOf(container?.id ?? '')['/srv/main.js']).toBe('two')
  })

  it('DC-02: is not built again by the next session when nothing has changed', async () => {
    const records = fakeRecords()
    const first = await start(undefined, { records })
    await first.stop()
    await start(first, { records })
    expect(builds(first)).toBe(1)
    expect(first.compose.calls().filter(({ verb }) => verb === 'up')).toHaveLength(1)
  })

  it.each<[string, (sim: Simulation) => void, Start?]>([
    ['a file', ({ files: disk }) => disk.write('/project/api/main.js', 'two')],
    ['the mode of a file', ({ files: disk }) => disk.chmod('/project/api/main.js', 0o755)],
    ['its Dockerfile', ({ files: disk }) => disk.write('/project/api/Dockerfile', 'FROM busybox\nCOPY . /other')],
    ['what its Dockerfile is built upon', ({ docker }) => void docker.image('busybox:latest', { files: { '/n': '' } })],
    [
      'its build section',
      ({ compose }) =>
        compose.write('/project/compose.yaml', {
          services: { api: { build: { context: 'api', dockerfile: 'Dockerfile' } } },
        }),
    ],
    ['its image, which is gone', ({ docker }) => docker.removeImage('project-api')],
    [
      'its image, which somebody else has built',
      ({ docker }) => void docker.image('project-api', { files: { '/x': '' } }),
    ],
  ])('DC-02: is built again by the next session after a change of %s', async (_, change) => {
    const records = fakeRecords()
    const first = await start(undefined, { records })
    await first.stop()
    change(first)
    const second = await start(first, { records })
    expect(builds(first)).toBe(2)
    await second.stop()
    await start(first, { records })
    expect(builds(first)).toBe(2)
  })

  it('DC-02: counts for no other files than those that it was built from', async () => {
    let edits = 1
    const sim = await start(undefined, {
      ports: (ports) => ({
        ...ports,
        compose: {
          ...ports.compose,
          async build(...args) {
            const end = await ports.compose.build(...args)
            const disk = ports.files as Simulation['files']
            for (; edits > 0; edits--) for (const text of ['two', 'one']) disk.write('/project/api/main.js', text)
            return end
          },
        },
      }),
    })
    expect(builds(sim)).toBe(2)
    await sim.edit({ 'api/main.js': 'one' })
    await sim.advance(1000)
    expect(builds(sim)).toBe(2)
  })

  it('DC-02: is not built again for what it ignores', async () => {
    const records = fakeRecords()
    const first = await start(undefined, { records })
    await first.stop()
    first.files.write('/project/api/notes.md', 'two')
    await start(first, { records })
    expect(builds(first)).toBe(1)
  })

  it('DC-02: fails its update with the words of compose, and leaves the container as it is', async () => {
    const sim = await start(undefined, {})
    const [before] = sim.compose.containersOf('project', 'api')
    sim.compose.fail('build', 'exit code 1: no space left on device')
    await sim.edit({ 'api/main.js': 'two' })
    await sim.advance(1000)
    expect(sim.updates('api').at(-1)?.status).toMatchObject({
      phase: 'failed',
      error: expect.stringContaining('no space left on device'),
    })
    expect(sim.compose.containersOf('project', 'api')[0]?.id).toBe(before?.id)
  })
})
