import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { tempProject } from '../support/temp-project.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'

const noDocker = skipReason('docker')
const twoResources = `import { arg, defineArgs, localResource } from 'tiltts'
const cfg = defineArgs({ word: arg.string({ default: 'hello' }) })
localResource('say', { cmd: ['echo', 'said', cfg.word] })
localResource('by-hand', { cmd: 'echo by hand; exit $CODE', triggerMode: 'manual', autoInit: false, env: { CODE: process.env.CODE } })
`

describe('commands that talk to a session', () => {
  it('say that none runs and how to start one, with exit code 3', async () => {
    const project = tempProject({})
    for (const args of [['logs'], ['trigger', 'x'], ['args']]) {
      const { code, stderr } = await runTiltts(project, args)
      expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('tiltts dev') })
    }
    expect(await runTiltts(project, ['logs', '--port', '1'])).toMatchObject({ code: 3 })
  })

  it.each([['dev'], ['ci'], ['get', 'uiresources'], ['ls']])(
    'say what to do where the folder of the sessions cannot be used: %s',
    async (...args) => {
      const project = tempProject({ 'tilt.config.ts': twoResources, file: '' })
      const env = { TILT_DEV_DIR: project.path('file/dev') }
      const { code, stderr } = await runTiltts(project, args, { env })
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('TILT_DEV_DIR') })
      expect(stderr).toContain(project.path('file/dev'))
      expect(stderr).not.toContain('bug')
    },
  )

  it('keep a session in the list when it is only at another host that nobody answers', async () => {
    const project = tempProject({ 'tilt.config.ts': twoResources })
    const dev = startTiltts(project, ['dev'])
    await dev.printed('│ said hello')
    expect(await runTiltts(project, ['logs', '--host', '127.0.0.2'])).toMatchObject({ code: 3 })
    expect(await runTiltts(project, ['--namespace', 'any', 'check'])).toMatchObject({ code: 0 })
    expect(await runTiltts(project, ['logs', 'say'])).toMatchObject({ code: 0 })
  })

  it.each(['dev', 'ci'])('end at once when %s has a flag that cannot be', async (command) => {
    const project = tempProject({ 'tilt.config.ts': twoResources })
    const { code, stderr } = await runTiltts(project, [command, '--log-level', 'loud'])
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--log-level takes one of') })
  })

  it('CMD-01, TRIG-06: trigger runs a resource, waits when asked, and knows no other with exit code 4', async () => {
    const project = tempProject({ 'tilt.config.ts': twoResources })
    const dev = startTiltts(project, ['dev'], { env: { CODE: '0' } })
    await dev.printed('│ said hello')
    expect(await runTiltts(project, ['trigger', 'by-hand', '--wait'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Successfully triggered update for resource: "by-hand"'),
    })
    expect(dev.stdout()).toContain('by hand')
    const unknown = await runTiltts(project, ['trigger', 'by-hnd'])
    expect(unknown).toMatchObject({ code: 4, stderr: expect.stringContaining('"by-hnd" does not exist') })
  })

  it('trigger --wait fails when the update fails', async () => {
    const project = tempProject({ 'tilt.config.ts': twoResources })
    const dev = startTiltts(project, ['dev'], { env: { CODE: '5' } })
    await dev.printed('│ said hello')
    expect(await runTiltts(project, ['trigger', 'by-hand', '--wait'])).toMatchObject({ code: 1 })
  })

  it('CMD-01, SEL-05: args shows and replaces the arguments while running; the same ones again change nothing', async () => {
    const project = tempProject({ 'tilt.config.ts': twoResources })
    const dev = startTiltts(project, ['dev', '--', '--word', 'first'])
    await dev.printed('│ said first')
    expect((await runTiltts(project, ['args'])).stdout).toBe('--word\nfirst\n')
    expect(await runTiltts(project, ['args', '--', '--word', 'second'])).toMatchObject({ code: 0 })
    await dev.printed('│ said second')
    expect((await runTiltts(project, ['args', '--', '--word', 'second'])).stderr).toContain('nothing was changed')
    expect(await runTiltts(project, ['args', '--clear'])).toMatchObject({ code: 0 })
    await dev.printed('│ said hello')
  })

  it('CMD-01: logs prints the past of one resource without prefix, of all with it, and follows', async () => {
    const project = tempProject({ 'tilt.config.ts': twoResources })
    const dev = startTiltts(project, ['dev'], { env: { CODE: '0' } })
    await dev.printed('│ said hello')
    expect((await runTiltts(project, ['logs', 'say'])).stdout).toMatch(/^said hello$/m)
    expect((await runTiltts(project, ['logs'])).stdout).toMatch(/^ +say │ said hello$/m)
    const json = (await runTiltts(project, ['logs', 'say', '--json'])).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(json).toContainEqual(expect.objectContaining({ resource: 'say', message: 'said hello', source: 'build' }))
    expect(await runTiltts(project, ['logs', 'sya'])).toMatchObject({ code: 4 })
    const follow = startTiltts(project, ['logs', '-f', 'by-hand'])
    await runTiltts(project, ['trigger', 'by-hand'])
    await follow.printed('by hand')
    dev.signal('SIGINT')
    expect(await follow.finished).toMatchObject({ code: 0 })
  })

  it('find the session of the nearest config, else the only one, else ask for --port', async () => {
    const project = tempProject({})
    for (const name of ['one', 'two'])
      project.write(
        `${name}/tilt.config.ts`,
        `import { localResource } from 'tiltts'\nlocalResource('in-${name}', { cmd: 'echo up' })\n`,
      )
    mkdirSync(project.path('one/deep/er'), { recursive: true })
    const one = startTiltts(project, ['dev', '--port', '0'], { cwd: project.path('one') })
    await one.printed('is ready')
    expect((await runTiltts(project, ['logs'])).stdout).toContain('in-one')
    const two = startTiltts(project, ['dev', '--port', '0'], { cwd: project.path('two') })
    await two.printed('is ready')
    expect((await runTiltts(project, ['logs'], { cwd: project.path('one/deep/er') })).stdout).toContain('in-one')
    expect(await runTiltts(project, ['logs'])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/--port \d+ .*one[\s\S]*--port \d+ .*two|--port \d+ .*two[\s\S]*--port \d+ .*one/),
    })
    const port = /http:\/\/localhost:(\d+)/.exec(two.stdout())?.[1] ?? ''
    expect((await runTiltts(project, ['logs', '--port', port])).stdout).toContain('in-two')
    expect((await runTiltts(project, ['logs'], { env: { TILT_PORT: port } })).stdout).toContain('in-two')
  })
})

describe('dev', () => {
  it('UP-01: is also called up, takes a free port when the default one is taken and none was asked for, and says so when one was', async () => {
    const other = createServer().listen(10350, 'localhost')
    onTestFinished(() => void other.close())
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('port', { cmd: 'echo port is $TILT_PORT' })\n`,
    })
    const dev = startTiltts(project, ['up'])
    await dev.printed(/│ port is \d+/)
    expect(dev.stdout()).not.toContain('port is 10350')
    expect(await runTiltts(project, ['dev', '--port', '10350'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('10350 is taken'),
    })
  })

  it('UP-03: streams with full names in front, says once that all is ready, and keeps errors of its own on stderr', async () => {
    const name = 'a-resource-with-a-rather-long-name'
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('${name}', { cmd: 'echo hi', allowParallel: true })\nlocalResource('b', { cmd: 'echo ho', allowParallel: true })\n`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/^All 2 resources are ready \(\d.*s\)$/m)
    expect(dev.stdout()).toContain(`${name} │ hi`)
    project.write('tilt.config.ts', 'this is no typescript')
    await until('the error is on stderr', () => dev.stderr().includes('tilt.config.ts:1'))
    expect(dev.stdout()).not.toContain('Expected')
  })
})

describe('usage', () => {
  it.each([
    [['nonsense'], "no command 'nonsense'"],
    [['trigerr'], 'Did you mean: tiltts trigger'],
    [['dev', '--prot', '1'], '--prot'],
    [['dev', '--port', 'x'], '--port takes a whole number'],
    [['ci', '--timeout', 'soon'], '--timeout takes a duration'],
    [['logs', '--level', 'loud'], '--level takes one of'],
    [['trigger'], 'at least one resource'],
  ])('%j is refused with exit code 2', async (args, message) => {
    expect(await runTiltts(tempProject({}), args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })

  it('explains every command', async () => {
    const project = tempProject({})
    const { stdout } = await runTiltts(project, ['help'])
    const names = [...stdout.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map((match) => match[1] ?? '')
    const some = 'dev ci down check args trigger enable disable logs create apply types docker-prune version help'
    expect(names).toEqual(expect.arrayContaining(some.split(' ')))
    expect(names).not.toContain('__complete')
    for (const name of names)
      expect((await runTiltts(project, ['help', name])).stdout).toContain(`Usage: tiltts ${name}`)
    expect((await runTiltts(project, ['version'])).stdout).toMatch(/^v\d+\.\d+\.\d+/)
  })
})

describe('commands that only evaluate', () => {
  it.each(['check', 'types', 'down'])('%s takes no place among the kept logs of sessions', async (name) => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('a', { cmd: 'true' })\n`,
    })
    expect(await runTiltts(project, [name])).toMatchObject({ code: 0 })
    const state = project.env['XDG_STATE_HOME'] ?? ''
    const kept = existsSync(state) ? readdirSync(state, { recursive: true }).map(String) : []
    expect(kept.filter((path) => path.endsWith('/logs'))).toEqual([])
  })

  it.skipIf(noDocker !== undefined)(
    `count services and images, and know the names of services${noDocker ? ` (skipped: ${noDocker})` : ''}`,
    async () => {
      const project = tempProject({
        'tilt.config.ts': `import { dcResource, dockerBuild, dockerCompose } from 'tiltts'
dockerCompose({ name: 'counted', services: { api: { image: 'counted/api' }, db: { image: 'busybox' } } })
dcResource('db', { newName: 'store' })
dockerBuild('counted/api', '.', { dockerfileContents: 'FROM busybox' })
`,
      })
      expect(await runTiltts(project, ['check'])).toMatchObject({
        code: 0,
        stdout: 'The config is fine: 2 resources, 1 image\n',
      })
      expect(await runTiltts(project, ['types'])).toMatchObject({ code: 0 })
      const names = readFileSync(project.path('.tiltts/names.d.ts'), 'utf8')
      expect([...names.matchAll(/"(.*)": true/g)].map(([, name]) => name)).toEqual(['api', 'store'])
    },
  )
})

describe('types', () => {
  it('writes the sorted union of all names ever seen, and forgets with --reset', async () => {
    const config = (...names: string[]): string =>
      `import { localResource } from 'tiltts'\n${names.map((name) => `localResource('${name}', { cmd: 'true' })\n`).join('')}`
    const project = tempProject({ 'tilt.config.ts': config('beta', 'alpha') })
    const names = async (...flags: string[]): Promise<readonly string[]> => {
      expect(await runTiltts(project, ['types', ...flags])).toMatchObject({ code: 0 })
      const { readFileSync } = await import('node:fs')
      return [...readFileSync(project.path('.tiltts/names.d.ts'), 'utf8').matchAll(/(alpha|beta|gamma)/g)].map(
        (match) => match[1] ?? '',
      )
    }
    expect(await names()).toEqual(['alpha', 'beta'])
    project.write('tilt.config.ts', config('gamma'))
    expect(await names()).toEqual(['alpha', 'beta', 'gamma'])
    expect(await names('--reset')).toEqual(['gamma'])
  })
})

describe('down', () => {
  it('DOWN-01: evaluates with session.command down, and runs onDown of dependents before what they need', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource, session } from 'tiltts'
const db = localResource('db', { cmd: 'true', onDown: 'echo removed db on ' + session.command })
localResource('api', { cmd: 'true', resourceDeps: [db], onDown: async ({ log }) => log('removed api') })
localResource('none', { cmd: 'true' })
`,
    })
    const { code, stdout } = await runTiltts(project, ['down'])
    expect(code).toBe(0)
    expect(stdout).toContain('removed db on down')
    expect(stdout.indexOf('removed api')).toBeLessThan(stdout.indexOf('removed db'))
  })

  it('DOWN-05: leaves the processes of a running session alone', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'
localResource('server', { serveCmd: 'echo server is up; sleep 1000', onDown: 'echo server taken down' })
`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('│ server is up')
    expect(await runTiltts(project, ['down'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('server taken down'),
    })
    expect((await runTiltts(project, ['trigger', 'server', '--wait'])).code).toBe(0)
    expect(dev.stdout()).not.toMatch(/exited|ended/)
  })

  it('goes on after a step that failed, and exits 1', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'
localResource('first', { cmd: 'true', onDown: 'echo first gone' })
localResource('broken', { cmd: 'true', onDown: 'exit 4' })
`,
    })
    expect(await runTiltts(project, ['down'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('first gone'),
      stderr: expect.stringContaining('broken'),
    })
  })
})
