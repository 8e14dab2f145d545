import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { processesMatching, until } from '../support/processes.js'
import { type TempProject, tempProject } from '../support/temp-project.js'
import { terminal } from '../support/terminal.js'
import { type RunningTiltts, runTiltts, startTiltts } from '../support/tiltts.js'

const one = `import { localResource } from 'tiltts'\nlocalResource('a', { cmd: 'echo a ran at $TILT_HOST:$TILT_PORT' })\n`
const portOf = (dev: RunningTiltts): number => Number(/http:\/\/[^/]*:(\d+)/.exec(dev.stdout())?.[1])
const tokenFile = (project: TempProject): string => join(project.env['TILT_DEV_DIR'] ?? '', 'token')
const config = (project: TempProject): string => readFileSync(join(project.env['TILT_DEV_DIR'] ?? '', 'config'), 'utf8')

describe('where a session listens', () => {
  it('CLI-03, CLI-04, CLI-22: --host is the address to listen on, for clients where to connect; the banner says how to get there', async () => {
    const project = tempProject({ 'tilt.config.ts': one })
    const dev = startTiltts(project, ['up', '--port', '0', '--host', '0.0.0.0'])
    await dev.printed('is ready')
    const port = portOf(dev)
    expect(dev.stdout()).toMatch(/^tiltts \d+\.\d+\.\d+ · tilt\.config\.ts/m)
    // An address by which this machine is reached, which 0.0.0.0 is not.
    const [url = ''] = /http:\S+/.exec(dev.stdout()) ?? []
    expect(url).not.toContain('0.0.0.0')
    expect((await fetch(url)).status).toBe(403)
    const away = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === 'IPv4' && !each.internal)?.address
    for (const host of ['127.0.0.1', ...(away === undefined ? [] : [away])]) {
      const got = await runTiltts(project, ['get', 'uiresource/a', '-o', 'name', '--host', host, '--port', `${port}`])
      expect(got).toMatchObject({ code: 0, stdout: 'uiresource.tilt.dev/a\n' })
    }
    expect(await runTiltts(project, ['logs', '--host', '127.0.0.1', '--port', '1'])).toMatchObject({ code: 3 })
  })

  it('CLI-03: listens on this machine alone when nothing else is said, at any free port with --port 0', async () => {
    const project = tempProject({ 'tilt.config.ts': one })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('is ready')
    const away = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === 'IPv4' && !each.internal)?.address
    expect(portOf(dev)).toBeGreaterThan(0)
    if (away !== undefined) await expect(fetch(`http://${away}:${portOf(dev)}/`)).rejects.toThrow()
  })

  it('CLI-17: its commands get TILT_HOST and TILT_PORT, so that tiltts in them means their own session', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'
localResource('self', { cmd: ['sh', '-c', '"$NODE" "$BIN" get uiresources -o name'], env: { NODE: process.execPath, BIN: process.argv.length > 0 ? String(process.env.BIN) : '' } })
`,
    })
    const other = startTiltts(project, ['dev', '--port', '0'], { env: { BIN: '/none' } })
    await other.printed(/http:/)
    const dev = startTiltts(project, ['dev', '--port', '0'], {
      env: { BIN: join(import.meta.dirname, '../../packages/tiltts/bundle/bin.js') },
    })
    await dev.printed('self │ uiresource.tilt.dev/self')
  })

  it('CLI-23: a port that was asked for and is taken ends it with 1 and the advice to name another', async () => {
    const taken = createServer().listen(0, 'localhost')
    onTestFinished(() => void taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    const project = tempProject({ 'tilt.config.ts': one })
    for (const [args, env] of [
      [['up', '--port', `${port}`], {}],
      [['ci'], { TILT_PORT: `${port}` }],
    ] as const)
      expect(await runTiltts(project, args, { env })).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(new RegExp(`${port} is taken[\\s\\S]*--port or TILT_PORT`)),
      })
  })

  it('CLI-14, CLI-30: sessions at other ports are independent, with contexts of their own and one token that stays', async () => {
    const project = tempProject({ 'tilt.config.ts': one })
    const first = startTiltts(project, ['up', '--port', '0'])
    await first.printed('is ready')
    const token = readFileSync(tokenFile(project), 'utf8')
    expect(token).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    expect(statSync(tokenFile(project)).mode & 0o777).toBe(0o600)
    const second = startTiltts(project, ['up', '--port', '0'])
    await second.printed('is ready')
    const names = [first, second].map((dev) => `name: tilt-${portOf(dev)}`)
    await until('both are in the kubeconfig', () => names.every((name) => config(project).includes(name)))
    for (const dev of [first, second]) {
      const url = `http://localhost:${portOf(dev)}/api/view`
      expect((await fetch(url, { headers: { 'x-tilt-token': token } })).status).toBe(200)
      expect((await fetch(url, { headers: { 'x-tilt-token': 'another' } })).status).toBe(403)
    }
    first.signal('SIGINT')
    await first.finished
    expect(config(project)).not.toContain(names[0])
    const get = await runTiltts(project, ['get', 'uiresource/a', '-o', 'name', '--port', `${portOf(second)}`])
    expect(get).toMatchObject({ code: 0 })
    expect(readFileSync(tokenFile(project), 'utf8')).toBe(token)
  })

  it('CLI-15: api-resources asks the session each time and keeps nothing, with --cached or without', async () => {
    const project = tempProject({ 'tilt.config.ts': one })
    const dev = startTiltts(project, ['up', '--port', '0'])
    await dev.printed('is ready')
    const plain = await runTiltts(project, ['api-resources'])
    expect(plain.stdout).toMatch(/^uiresources .* UIResource$/m)
    for (const flag of ['--cached', '--cached=false'])
      expect((await runTiltts(project, ['api-resources', flag])).stdout).toBe(plain.stdout)
    expect(readdirSync(project.env['TILT_DEV_DIR'] ?? '')).not.toContain('cache')
    dev.signal('SIGINT')
    await dev.finished
    expect(await runTiltts(project, ['api-resources', '--cached'])).toMatchObject({ code: 3 })
  })
})

describe('what up and ci are told', () => {
  const args = `import { arg, defineArgs, localResource } from 'tiltts'
const { word, names } = defineArgs({ word: arg.string({ default: 'none' }), names: arg.stringList({ positional: true }) })
localResource('told', { cmd: 'echo told ' + word + ' ' + names.join('+') })
`
  const plain = `import { localResource } from 'tiltts'
for (const name of ['a', 'b', 'c']) localResource(name, { cmd: 'echo ' + name + ' ran' })
`

  it('CLI-20: plain words are arguments of the config, or, where it defines none, the resources to enable', async () => {
    const project = tempProject({ 'tilt.config.ts': args })
    const dev = startTiltts(project, ['up', '--port', '0', 'x', 'y', '--', '--word', 'said'])
    await dev.printed('told said x+y')
    project.write('tilt.config.ts', plain)
    dev.signal('SIGINT')
    await dev.finished
    const two = await runTiltts(project, ['ci', '--port', '0', 'a', 'c'])
    expect(two).toMatchObject({ code: 0, stdout: expect.stringMatching(/a ran[\s\S]*c ran/) })
    expect(two.stdout).not.toContain('b ran')
  })

  it('CLI-21, CLI-37: take their flags; ci has a timeout, streams always and serves the API meanwhile', async () => {
    const project = tempProject({ 'conf.ts': `${plain}localResource('long', { cmd: 'sleep 3' })\n` })
    const shared = ['-f', 'conf.ts', '--port', '0', '--host', 'localhost', '--context', 'none', '--namespace', 'none']
    const logs = ['--log-level', 'info', '--log-source', 'build', '--log-resource', 'a,b', '--log-resource', 'c']
    const out = ['--output-snapshot-on-exit', 'out.json']
    const ci = startTiltts(project, ['ci', ...shared, ...logs, ...out, '--timeout', '1m'])
    await ci.printed('a │ a ran')
    await until('it serves', async () => {
      const got = await runTiltts(project, ['get', 'uiresource/long', '-o', 'name'])
      return got.code === 0
    })
    expect(await ci.finished).toMatchObject({ code: 0 })
    expect(existsSync(project.path('out.json'))).toBe(true)
    const dev = startTiltts(project, [
      'up',
      ...shared,
      ...logs,
      ...out,
      '--disable-port-forwards',
      '--stream',
      '--legacy',
    ])
    await dev.printed('c │ c ran')
    for (const flag of ['--stream', '--legacy', '--disable-port-forwards'])
      expect(await runTiltts(project, ['ci', flag])).toMatchObject({ code: 2 })
    expect(await runTiltts(project, ['up', '--timeout', '1m'])).toMatchObject({ code: 2 })
  })
})

describe('how they end', () => {
  it('CLI-38: ci ends with SUCCESS and 0, or an error and 1, and 130 when it is interrupted', async () => {
    const project = tempProject({ 'tilt.config.ts': one })
    expect(await runTiltts(project, ['ci', '--port', '0'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('SUCCESS. All workloads are healthy.'),
    })
    project.write('tilt.config.ts', one.replace('echo a', 'exit 3; echo a'))
    expect(await runTiltts(project, ['ci', '--port', '0'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Error: .*a/m),
    })
    project.write('tilt.config.ts', one.replace('echo a', 'echo begun; sleep 60; echo a'))
    const ci = startTiltts(project, ['ci', '--port', '0'])
    await ci.printed('│ begun')
    ci.signal('SIGINT')
    expect(await ci.finished).toMatchObject({ code: 130 })
  })

  it('CLI-39, CLI-40: the verdict of ci leaves out what is disabled or not started by itself, and says who was waited for', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource, probe } from 'tiltts'
localResource('endless', { cmd: 'sleep 1000' })
localResource('behind', { cmd: 'true', resourceDeps: ['endless'] })
localResource('asked', { cmd: 'exit 1', autoInit: false })
`,
    })
    const late = await runTiltts(project, ['ci', '--port', '0', '--timeout', '2s'])
    expect(late.code).toBe(1)
    expect(late.stderr).toMatch(/Timeout after 2s: .*1 resources? waiting \(behind.*1 resources? not ready \(endless/)
    expect(late.stderr).not.toContain('asked')
    project.write(
      'tilt.config.ts',
      `import { localResource, probe } from 'tiltts'
localResource('sick', { serveCmd: 'sleep 1000', readinessProbe: probe.exec(['false'], { period: '200ms' }), readyTimeout: '1s' })
`,
    )
    const sick = await runTiltts(project, ['ci', '--port', '0'])
    expect(sick).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Readiness timeout after 1s: .*sick.* not ready/),
    })
  })

  it('CLI-09: the first signal ends it in order, the second at once, whatever still runs', async () => {
    const project = tempProject({
      'stubborn.cjs': `process.on('SIGTERM', () => console.log('not yet')); console.log('stubborn is up', __dirname); setInterval(() => {}, 1000)`,
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('stubborn', { serveCmd: 'exec node $PWD/stubborn.cjs', stopGrace: '60s' })\n`,
    })
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      const dev = startTiltts(project, ['up', '--port', '0'])
      await dev.printed('stubborn is up')
      dev.signal(signal)
      await dev.printed('not yet')
      await sleep(400)
      dev.signal('SIGINT')
      expect((await dev.finished).code).not.toBe(0)
      expect(processesMatching(project.folder)).toEqual([])
    }
  })

  it('CLI-28: what makes a session impossible ends it with 1 and the reason', async () => {
    const project = tempProject({ 'tilt.config.ts': one })
    for (const args of [
      ['up', '--host', '203.0.113.7', '--port', '0'],
      ['ci', '--host', 'no.such.host.invalid', '--port', '0'],
    ])
      expect(await runTiltts(project, args)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('Cannot listen on'),
      })
    const nowhere = await runTiltts(project, ['up', '--port', '0'], {
      env: { TILT_DEV_DIR: project.path('tilt.config.ts') },
    })
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Error: /) })
  })

  it('CLI-59: Ready is about what runs: it stays True while an update runs, and after one that failed', async () => {
    const project = tempProject({
      'src/a': '',
      'tilt.config.ts': `import { localResource } from 'tiltts'
localResource('api', { cmd: 'test ! -e broken || { sleep 1; exit 1; }', serveCmd: 'echo api is up; sleep 1000', deps: ['src'] })
`,
    })
    const dev = startTiltts(project, ['up', '--port', '0'])
    await dev.printed('api is up')
    expect(await runTiltts(project, ['wait', '--for=condition=Ready', 'uiresource/api'])).toMatchObject({ code: 0 })
    project.write('broken', '')
    project.write('src/a', 'changed')
    const is = (state: string): Promise<{ code: number }> =>
      runTiltts(project, ['wait', `--for=jsonpath={.status.updateStatus}=${state}`, 'uiresource/api', '--timeout=10s'])
    const ready = (): Promise<{ code: number }> =>
      runTiltts(project, ['wait', '--for=condition=Ready', 'uiresource/api', '--timeout=0'])
    expect(await is('in_progress')).toMatchObject({ code: 0 })
    expect(await ready()).toMatchObject({ code: 0 })
    expect(await is('error')).toMatchObject({ code: 0 })
    expect(await ready()).toMatchObject({ code: 0 })
    const current = ['wait', '--for=condition=UpToDate', 'uiresource/api', '--timeout=0']
    expect(await runTiltts(project, current)).toMatchObject({ code: 1 })
  })
})

describe('down', () => {
  it('CLI-41, CLI-42: evaluates by itself with what is after --, takes down what is enabled, dependents first, and leaves a running session alone', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource, session } from 'tiltts'
const db = localResource('db', { serveCmd: 'echo db is up; sleep 1000', onDown: 'echo db down at $(date +%s%N); echo db >> downs' })
localResource('api', { cmd: 'echo api ran', resourceDeps: [db], onDown: 'echo api >> downs' })
localResource('other', { cmd: 'true', onDown: 'echo other >> downs' })
if (session.command === 'down') console.log('evaluated for down')
`,
    })
    const dev = startTiltts(project, ['up', '--port', '0'])
    await dev.printed('api ran')
    const flags = [
      '--delete-volumes',
      '--delete-namespaces',
      '--context',
      'none',
      '--namespace',
      'none',
      '-f',
      'tilt.config.ts',
    ]
    const down = await runTiltts(project, ['down', ...flags, '--', 'db', 'api'])
    expect(down).toMatchObject({ code: 0, stdout: expect.stringContaining('evaluated for down') })
    expect(readFileSync(project.path('downs'), 'utf8')).toBe('api\ndb\n')
    expect((await runTiltts(project, ['get', 'uiresource/db', '-o', 'jsonpath={.status.runtimeStatus}'])).stdout).toBe(
      'ok',
    )
    project.write('tilt.config.ts', one.replace("'echo", "'true', onDown: 'echo broken; exit 4', serveCmd: 'echo"))
    expect(await runTiltts(project, ['down'])).toMatchObject({ code: 1, stderr: expect.stringContaining('a') })
  })
})

describe('the environment', () => {
  it('CLI-18: KUBE_EDITOR, TILT_EDITOR and EDITOR name the editor, TILT_DOCKER_COMPOSE_CMD compose, and TILT_DISABLE_HUD_AUTH asks nobody for a token', async () => {
    const project = tempProject({ 'tilt.config.ts': one })
    const dev = startTiltts(project, ['up', '--port', '0'], { env: { TILT_DISABLE_HUD_AUTH: '1' } })
    await dev.printed('is ready')
    expect((await fetch(`http://localhost:${portOf(dev)}/api/view`)).status).toBe(200)
    const map = 'apiVersion: tilt.dev/v1alpha1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: "1"}\n'
    project.write('map.yaml', map)
    await runTiltts(project, ['create', '-f', 'map.yaml'])
    const edit = (env: NodeJS.ProcessEnv): Promise<{ code: number; stdout: string }> =>
      runTiltts(project, ['edit', 'cm', 'm'], { env: { KUBE_EDITOR: '', TILT_EDITOR: '', EDITOR: '', ...env } })
    const by = (value: string): string => `sed -i 's/a: .*/a: ${value}/'`
    expect(await edit({ EDITOR: by('editor') })).toMatchObject({ stdout: 'configmap.tilt.dev/m edited\n' })
    expect(await edit({ EDITOR: 'false', TILT_EDITOR: by('tilt') })).toMatchObject({ code: 0 })
    expect(await edit({ EDITOR: 'false', TILT_EDITOR: 'false', KUBE_EDITOR: by('kube') })).toMatchObject({ code: 0 })
    expect((await runTiltts(project, ['get', 'cm/m', '-o', 'jsonpath={.data.a}'])).stdout).toBe('kube')
    const compose = await runTiltts(project, ['doctor'], { env: { TILT_DOCKER_COMPOSE_CMD: 'echo composed' } })
    expect(compose.stdout).toMatch(/Compose Version: composed version/)
  })

  it('CLI-18: TERM=dumb shows no colour on a terminal', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('red', { cmd: ['printf', '\\\\033[31mred\\\\033[0m text\\\\n'] })\n`,
    })
    const { NO_COLOR: _none, ...env } = project.env
    const coloured = terminal({ ...project, env }, ['up', '--port', '0', '--stream'])
    await coloured.shows(/is ready/)
    expect(coloured.raw()).toContain('\x1b[31mred')
    const dumb = terminal({ ...project, env }, ['up', '--port', '0', '--stream'], { TERM: 'dumb' })
    await dumb.shows(/is ready/)
    expect(dumb.text()).toContain('red text')
    expect(dumb.raw()).not.toContain('\x1b[')
  })
})

describe('logs -f', () => {
  it('CLI-61: ends with its session, and with --reconnect goes on with the next one', async () => {
    const project = tempProject({ 'tilt.config.ts': one.replace('a ran', 'a ran in $RUN') })
    const first = startTiltts(project, ['up', '--port', '0'], { env: { RUN: 'first' } })
    await first.printed('is ready')
    expect(await runTiltts(project, ['logs', 'a'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('in first'),
    })
    const ends = startTiltts(project, ['logs', '-f'])
    const stays = startTiltts(project, ['logs', '-f', '--reconnect', 'a'])
    await ends.printed('in first')
    await stays.printed('in first')
    first.signal('SIGINT')
    await first.finished
    expect(await ends.finished).toMatchObject({ code: 0, stderr: '' })
    await stays.printed('The session has ended')
    const second = startTiltts(project, ['up', '--port', '0'], { env: { RUN: 'second' } })
    await second.printed('is ready')
    await stays.printed('in second')
    expect(stays.stdout().match(/in first/g)).toHaveLength(1)
    expect(stays.stdout().match(/in second/g)).toHaveLength(1)
  })
})

describe('version', () => {
  it('CLI-78: is one line that begins with v and three numbers, of the command and of the flag', async () => {
    const project = tempProject({})
    const { stdout } = await runTiltts(project, ['version'])
    expect(stdout).toMatch(/^v\d+\.\d+\.\d+[^\n]*\n$/)
    expect((await runTiltts(project, ['--version'])).stdout).toBe(stdout)
  })
})
