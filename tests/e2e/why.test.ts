import { describe, expect, it } from 'vitest'
import type { FileExplanation, ResourceGraph, Timeline, Why } from '../../packages/spec/src/index.js'
import { until } from '../support/processes.js'
import { tempProject } from '../support/temp-project.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'

const config = `import { localResource, rerun } from 'tiltts'
localResource('a', { cmd: 'echo a runs', deps: ['src'], ignore: ['src/*.log'], allowParallel: true })
localResource('b', { cmd: 'echo b runs', resourceDeps: [rerun('a')], allowParallel: true })
localResource('bad', { cmd: 'exit 3', allowParallel: true })
localResource('held', { cmd: 'true', resourceDeps: ['bad'], allowParallel: true })
`

describe('questions to a session', () => {
  it('are answered by why, explain-file, graph and timeline, for people and as JSON', async () => {
    const project = tempProject({ 'tilt.config.ts': config, 'src/in.txt': '', '.tiltignore': '# notes\n*.tmp\n' })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('│ b runs')
    await dev.printed(/bad │ .*(failed|exit)/i)
    const text = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await runTiltts(project, args)
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
      return stdout
    }
    const json = async <T>(...args: string[]): Promise<T> => JSON.parse(await text(...args, '--json')) as T

    const held = await json<Why>('why', 'held')
    expect(held).toMatchObject({
      stand: 'waiting',
      waits: [
        { id: 'UIResource/held', reason: 'waiting-for-dep', on: ['UIResource/bad'] },
        { id: 'UIResource/bad', reason: 'failed', message: 'update failed: exit code 3', on: [] },
      ],
    })
    expect(await text('why', 'held')).toMatch(
      /^held \(waiting-for-dep\): waiting for bad \(failed\)\n└─ bad \(failed\): update failed: exit code 3\n/,
    )

    project.write('src/in.txt', 'edited')
    await until('b runs again', async () => (await json<Why>('why', 'b')).chain[0]?.update === 'b-2')
    await until('b is ready', async () => (await json<Why>('why', 'b')).stand === 'ready')
    expect(await json<Why>('why', 'b')).toMatchObject({
      waits: [],
      chain: [
        { update: 'b-2', phase: 'succeeded', causes: [{ reason: 'dependency', update: 'a-2' }] },
        { update: 'a-2', causes: [{ reason: 'files', files: [project.path('src/in.txt')] }] },
      ],
    })
    expect(await text('why', 'b')).toMatch(
      /b is ready\n\nUpdate b-2 succeeded .*\n└─ because a was updated\n {3}└─ Update a-2 succeeded .*\n {6}└─ because changed: src\/in.txt\n/,
    )

    const file = await json<FileExplanation>('explain-file', 'src/in.txt')
    expect(file).toMatchObject({
      path: project.path('src/in.txt'),
      config: { reloads: false },
      resources: [{ resource: 'a', effect: 'update', watches: [{ watch: 'a', watchedPath: project.path('src') }] }],
    })
    expect(await text('explain-file', 'src/x.log')).toContain('ignored by "src/*.log" below')
    expect(await text('explain-file', 'tilt.config.ts')).toContain('the config is evaluated again')

    const graph = await json<ResourceGraph>('graph', '--blockers')
    expect(graph.nodes.map(({ resource, blocks }) => [resource, blocks])).toEqual([
      ['bad', ['held']],
      ['held', []],
    ])
    expect(await text('graph')).toBe(
      'b (ok)\n└─ a (ok)\nheld (build pending)  waiting for bad (failed)\n└─ bad (build error) holds up 1  update failed: exit code 3\n\n2 ok, 1 build error, 1 build pending\n',
    )
    expect(await text('graph', '--mermaid')).toMatch(/^graph TD\n(.*\n)*.*n3 ==>\|first\| n2\n/)
    expect(await text('graph', '--dot')).toContain('"held" -> "bad" [label="first", style=bold];')

    const timeline = await json<Timeline>('timeline', 'a')
    expect(timeline.updates.map(({ update, phase }) => [update, phase])).toEqual([
      ['a-1', 'succeeded'],
      ['a-2', 'succeeded'],
    ])
    expect(timeline.criticalPath[0]?.resource).toBe('(Tiltfile)')
    expect(await text('timeline')).toMatch(/UPDATE .*BUILD(.*\n)*The start-up took .*\n(.*\n)+/)

    expect(await runTiltts(project, ['why', 'none'])).toMatchObject({ code: 4 })
    expect(await runTiltts(project, ['why'])).toMatchObject({ code: 2 })
    expect(await runTiltts(project, ['graph', '--dot', '--json'])).toMatchObject({ code: 2 })
  })
})
