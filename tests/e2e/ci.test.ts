import { describe, expect, it } from 'vitest'
import { processesMatching } from '../support/processes.js'
import { tempProject } from '../support/temp-project.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'

const server = (port: number, line: string): string =>
  `require('http').createServer((_, res) => res.end('ok')).listen(${port}, () => console.log('${line}')); process.on('SIGTERM', () => process.exit(0))`

describe('tiltts ci', () => {
  it('CI-01: starts everything in order, ends with a table and SUCCESS, exits 0, and leaves nothing running', async () => {
    const project = tempProject({
      'db.cjs': server(4711, 'db is up'),
      'api.cjs': server(4712, 'api is up'),
      'tilt.config.ts': `import { localResource, probe } from 'tiltts'
const db = localResource('db', { serveCmd: ['node', 'db.cjs'], readinessProbe: probe.http({ port: 4711 }) })
const api = localResource('api', { serveCmd: ['node', 'api.cjs'], readinessProbe: probe.tcp({ port: 4712 }), resourceDeps: [db] })
localResource('check', { cmd: 'echo checked', resourceDeps: [api] })
`,
    })
    const { code, stdout, stderr } = await runTiltts(project, ['ci', '--port', '0'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const order = ['db │ Running', 'db │ ready', 'api │ Running', 'api │ ready', 'check │ Running', 'check │ checked']
    const places = order.map((text) => stdout.indexOf(text))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(-1)
    for (const text of ['db is up', 'api is up']) expect(stdout).toContain(text)
    expect(stdout).toContain('SUCCESS. All workloads are healthy.')
    expect(stdout).toMatch(/^ *check +succeeded/m)
    expect(processesMatching(project.folder)).toEqual([])
  })

  it('CI-03: a command that fails ends it at once with exit code 1, its last lines, and the name of who failed', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'
localResource('good', { cmd: 'echo fine', allowParallel: true })
localResource('bad', { cmd: 'echo before the end; echo the reason >&2; exit 7', allowParallel: true })
localResource('never', { cmd: 'exec sh -c "sleep 100; true $0" $PWD', allowParallel: true })
`,
    })
    const { code, stdout, stderr, ms } = await runTiltts(project, ['ci', '--port', '0'])
    expect(code).toBe(1)
    expect(ms).toBeLessThan(10_000)
    expect(stderr).toMatch(/Error: .*bad/)
    const report = stdout.slice(stdout.lastIndexOf('RESOURCE'))
    expect(report).toMatch(/bad +failed/)
    expect(report).toContain('the reason')
    expect(processesMatching(project.folder)).toEqual([])
  })

  it('CI-03: a server that ends, even with exit code 0, fails it', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource, probe } from 'tiltts'
localResource('short', { serveCmd: 'echo bye', readinessProbe: probe.tcp({ port: 4719 }) })
`,
    })
    const { code, stderr } = await runTiltts(project, ['ci', '--port', '0'])
    expect(code).toBe(1)
    expect(stderr).toContain('short')
  })

  it('CI-08: fails after --timeout, naming what it waited for', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'
localResource('endless', { cmd: 'sleep 1000' })
localResource('behind', { cmd: 'true', resourceDeps: ['endless'] })
`,
    })
    const { code, stderr } = await runTiltts(project, ['ci', '--port', '0', '--timeout', '1500ms'])
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /Timeout after 1\.5s: 1 resources waiting \(behind[^)]*\), 1 resources not ready \(endless\)|Timeout after 1\.5s/,
    )
    expect(stderr).toContain('endless')
  })

  it('fails a resource that is not ready within its own readyTimeout, with the last answer of its probe', async () => {
    const project = tempProject({
      'sick.cjs': `require('http').createServer((_, res) => { res.statusCode = 503; res.end('still warming up') }).listen(4713)`,
      'tilt.config.ts': `import { localResource, probe } from 'tiltts'
localResource('sick', { serveCmd: ['node', 'sick.cjs'], readinessProbe: probe.http({ port: 4713, period: '200ms' }), readyTimeout: '1s' })
`,
    })
    const { code, stdout, stderr } = await runTiltts(project, ['ci', '--port', '0'])
    expect(code).toBe(1)
    expect(stderr).toContain('sick')
    expect(stdout).toMatch(/HTTP 503/)
    expect(stdout).toContain('still warming up')
  })

  it('exits 2 when the config is wrong, 130 when it is interrupted', async () => {
    const wrong = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('a', { cmd: 'true', resourceDeps: ['b'] })\n`,
    })
    expect(await runTiltts(wrong, ['ci', '--port', '0'])).toMatchObject({ code: 2 })
    const slow = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('slow', { cmd: 'echo begun; exec sh -c "sleep 60; true $0" $PWD' })\n`,
    })
    const ci = startTiltts(slow, ['ci', '--port', '0'])
    await ci.printed('│ begun')
    ci.signal('SIGINT')
    expect(await ci.finished).toMatchObject({ code: 130 })
    expect(processesMatching(slow.folder)).toEqual([])
  })

  it('CI-06: leaves out what is not started by itself and what is disabled', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource, setEnabledResources } from 'tiltts'
localResource('one', { cmd: 'true' })
localResource('asked', { cmd: 'exit 1', autoInit: false })
localResource('off', { cmd: 'exit 1' })
setEnabledResources(['one', 'asked'])
`,
    })
    expect(await runTiltts(project, ['ci', '--port', '0'])).toMatchObject({ code: 0 })
  })

  it('goes on without logs on disk, and says so, where the state folder cannot be written', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('a', { cmd: 'echo fine' })\n`,
    })
    const { code, stdout, stderr } = await runTiltts(project, ['ci', '--port', '0'], {
      env: { XDG_STATE_HOME: project.path('tilt.config.ts') },
    })
    expect(code).toBe(0)
    expect(stdout).toContain('│ fine')
    expect(stderr).toContain('Logs are no longer kept on disk')
  })

  it('prints only JSON lines to stdout with --json', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nconsole.log('from the config')\nlocalResource('a', { cmd: 'echo one; echo ERROR two' })\n`,
    })
    const { code, stdout } = await runTiltts(project, ['ci', '--port', '0', '--json'])
    expect(code).toBe(0)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toContainEqual(
      expect.objectContaining({ resource: 'a', message: 'one', level: 'info', source: 'build' }),
    )
    expect(lines).toContainEqual(expect.objectContaining({ resource: 'a', message: 'ERROR two', level: 'error' }))
  })
})
