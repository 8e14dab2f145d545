import { InfraError } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import type { Ports } from '../../ports/ports.js'
import { projectFolder, type SimulateOptions } from '../../testing/simulate.js'
import { simulateJobs } from '../../testing/simulate-jobs.js'

const config =
  (deps: readonly string[]): SimulateOptions['config'] =>
  (c) =>
    c.local('a', { cmd: 'true', deps })

describe('watching files', () => {
  it('WATCH-06: what a resource depends on is watched for it alone; what the config read, for the config', async () => {
    const { sim } = await simulateJobs((c) => {
      c.read('settings.json')
      c.local('a', { cmd: 'true', deps: ['a'] })
      c.local('b', { cmd: 'true', deps: ['b', 'shared'] })
      c.local('c', { cmd: 'true', deps: ['shared/c'] })
      c.local('none', { cmd: 'true' })
    })
    const runs = () => ['a', 'b', 'c', 'none'].map((name) => sim.updates(name).length)
    await sim.edit({ 'a/x': '1' })
    expect(runs()).toEqual([2, 1, 1, 1])
    await sim.edit({ 'shared/c/x': '1' })
    expect(runs()).toEqual([2, 2, 2, 1])
    await sim.edit({ 'settings.json': '1' })
    expect(runs()).toEqual([2, 2, 2, 1])
    expect(sim.configHost.evaluations).toBe(2)
  })

  it('WATCH-06: in ci nothing is watched', async () => {
    const { sim } = await simulateJobs(config(['a']), { command: 'ci' })
    expect(sim.files.watched()).toEqual([])
  })

  it('WATCH-02: changes that come together are one event', async () => {
    const { sim } = await simulateJobs(config(['a']), { files: { 'a/x': '' } })
    await sim.edit(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`a/f${index}`, 'x'])))
    const events = sim.store.get('FileWatch', 'a')?.status.fileEvents
    expect(events).toHaveLength(1)
    expect(events?.[0]).toMatchObject({ sequence: 1, seenFiles: expect.arrayContaining([`${projectFolder}/a/f199`]) })
    expect(sim.updates('a')).toHaveLength(2)
    expect(sim.updates('a')[1]?.spec.causes[0]).toMatchObject({ fileCount: 200 })
    expect(sim.updates('a')[1]?.spec.causes[0]?.files).toHaveLength(100)
  })

  it('WATCH-05: with another spec the new watch is open before the old one closes', async () => {
    const log: string[] = []
    const { sim } = await simulateJobs(config(['a']), { ports: (ports) => logged(ports, log) })
    log.length = 0
    await sim.reload(config(['b']))
    expect(log).toEqual([`open ${projectFolder}/b`])
    await sim.advance(500)
    expect(log).toEqual([`open ${projectFolder}/b`, `close ${projectFolder}/a`])
  })

  it('WATCH-05: what the old watch was told and tells late counts once, as far as it is still watched', async () => {
    const late: ((paths: readonly string[]) => void)[] = []
    const { sim } = await simulateJobs(config(['a', 'gone']), {
      files: { 'a/x': '', 'b/x': '', 'gone/x': '' },
      ports: (ports) => ({
        ...ports,
        files: {
          ...ports.files,
          watch(request) {
            if (request.paths.includes(`${projectFolder}/a`)) late.push(request.onChange)
            return ports.files.watch(request)
          },
        },
      }),
    })
    await sim.reload(config(['a', 'b']))
    const [old, fresh] = late
    old?.([`${projectFolder}/a/x`, `${projectFolder}/gone/x`])
    fresh?.([`${projectFolder}/a/x`])
    await sim.advance(1000)
    expect(sim.updates('a')).toHaveLength(2)
    expect(sim.updates('a')[1]?.spec.causes).toMatchObject([{ files: [`${projectFolder}/a/x`] }])
  })

  it('WATCH-05: a change on its way while the watch is exchanged is not lost; the newest 20 events are kept', async () => {
    const { sim } = await simulateJobs(config(['a']), { files: { 'a/x': '' } })
    for (let n = 0; n < 25; n++) await sim.edit({ 'a/x': `${n}` })
    sim.files.write(`${projectFolder}/a/x`, 'last')
    await sim.reload(config(['a', 'b']))
    const events = sim.store.get('FileWatch', 'a')?.status.fileEvents ?? []
    expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, index) => index + 7))
    expect(sim.updates('a').at(-1)?.spec.causes[0]?.files).toEqual([`${projectFolder}/a/x`])
  })

  it('WATCH-04: a problem is told with its advice on the resource; the next event clears it', async () => {
    const { sim } = await simulateJobs(config(['a']), { files: { 'a/x': '' } })
    sim.files.fail({ code: 'files/overflow', message: 'the system dropped file events', rescanned: true })
    await sim.settled()
    expect(sim.store.get('FileWatch', 'a')?.status.error).toBe('the system dropped file events')
    expect(sim.lines('a').at(-1)).toMatchObject({ level: 'warn', message: 'the system dropped file events' })
    await sim.edit({ 'a/x': '1' })
    expect(sim.store.get('FileWatch', 'a')?.status.error).toBeUndefined()
  })

  it('WATCH-04: a watch that cannot start is tried again after 1 s, doubled each time', async () => {
    let attempts = 0
    const { sim } = await simulateJobs(config(['a']), {
      files: { 'a/x': '' },
      ports: (ports) => ({
        ...ports,
        files: {
          ...ports.files,
          watch(request) {
            if (!request.paths.includes(`${projectFolder}/a`)) return ports.files.watch(request)
            attempts++
            if (attempts > 3) return ports.files.watch(request)
            return Promise.reject(new InfraError('files/watch-limit', 'files', 'no more watches', { retry: true }))
          },
        },
      }),
    })
    expect(sim.store.get('FileWatch', 'a')?.status.error).toBe('no more watches')
    await sim.advance(999)
    expect(attempts).toBe(1)
    await sim.advance(1)
    expect(attempts).toBe(2)
    await sim.advance(2000)
    expect(attempts).toBe(3)
    await sim.advance(4000)
    expect(attempts).toBe(4)
    expect(sim.store.get('FileWatch', 'a')?.status.error).toBeUndefined()
    await sim.edit({ 'a/x': '1' })
    expect(sim.updates('a')).toHaveLength(2)
    expect(sim.outcome()).toBeUndefined()
  })

  it('IGN-07: files that editors make for a moment trigger nothing', async () => {
    const { sim } = await simulateJobs(config(['a']), { files: { 'a/x': '' } })
    await sim.edit({ 'a/.x.swp': '1', 'a/4913': '1', 'a/x~': '1' })
    expect(sim.updates('a')).toHaveLength(1)
  })

  it('what is ignored triggers nothing', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true', deps: ['a'], ignore: ['a/dist'] }), {
      files: { 'a/dist/x': '', 'a/x': '' },
    })
    await sim.edit({ 'a/dist/x': '1' })
    expect(sim.updates('a')).toHaveLength(1)
    await sim.edit({ 'a/x': '1' })
    expect(sim.updates('a')).toHaveLength(2)
  })
})

/** Notes when watches of resources open and close. */
function logged(ports: Ports, log: string[]): Ports {
  return {
    ...ports,
    files: {
      ...ports.files,
      async watch(request) {
        const watcher = await ports.files.watch(request)
        const name = request.paths.join(' ')
        if (!name.includes('tilt.config')) log.push(`open ${name}`)
        return {
          ...watcher,
          async close() {
            if (!name.includes('tilt.config')) log.push(`close ${name}`)
            await watcher.close()
          },
        }
      },
    },
  }
}
