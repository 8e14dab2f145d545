import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { isRunning, processesMatching, until } from '../support/processes.js'
import { type TempProject, tempProject } from '../support/temp-project.js'
import { startTiltts } from '../support/tiltts.js'

/** A server with a child of its own, both marked by the project's folder on their command lines. */
const family = `const { spawn } = require('child_process')
spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', __dirname + '/grandchild'], { stdio: 'inherit' })
console.log('family is up'); setInterval(() => {}, 1000)`

const stubborn = `process.on('SIGTERM', () => console.log('not yet')); console.log('stubborn is up', __dirname); setInterval(() => {}, 1000)`

const withFamily = (): TempProject =>
  tempProject({
    'family.cjs': family,
    'tilt.config.ts': `import { localResource } from 'tiltts'
localResource('family', { serveCmd: 'exec node $PWD/family.cjs' })
localResource('slow', { cmd: 'echo slow begun; exec sh -c "sleep 300; true $0" $PWD', allowParallel: true })
`,
  })

describe('the processes of a session', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'are all gone after %s, and the exit code says interrupted',
    async (signal) => {
      const project = withFamily()
      const dev = startTiltts(project, ['dev', '--port', '0'])
      await dev.printed('family is up')
      await dev.printed('│ slow begun')
      expect(processesMatching(project.folder).length).toBeGreaterThan(2)
      dev.signal(signal)
      expect(await dev.finished).toMatchObject({ code: 130 })
      expect(processesMatching(project.folder)).toEqual([])
    },
  )

  it('are killed at once by a second Ctrl-C, whatever they do about SIGTERM', async () => {
    const project = tempProject({
      'stubborn.cjs': stubborn,
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('stubborn', { serveCmd: 'exec node $PWD/stubborn.cjs', stopGrace: '60s' })\n`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('stubborn is up')
    dev.signal('SIGINT')
    await dev.printed('not yet')
    await sleep(300)
    expect(processesMatching(project.folder).length).toBeGreaterThan(0)
    const before = performance.now()
    dev.signal('SIGINT')
    await dev.finished
    expect(performance.now() - before).toBeLessThan(5000)
    expect(processesMatching(project.folder)).toEqual([])
  })

  it('get SIGKILL when their own stopGrace is over, in parallel', async () => {
    const project = tempProject({
      'stubborn.cjs': stubborn,
      'tilt.config.ts': `import { localResource } from 'tiltts'
for (const name of ['a', 'b', 'c']) localResource(name, { serveCmd: 'exec node $PWD/stubborn.cjs ' + name, stopGrace: '1500ms' })
`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await until('all three are up', () => (dev.stdout().match(/stubborn is up/g)?.length ?? 0) === 3)
    const before = performance.now()
    dev.signal('SIGINT')
    await dev.finished
    const took = performance.now() - before
    expect(took).toBeGreaterThan(1400)
    expect(took).toBeLessThan(4000)
    expect(processesMatching(project.folder)).toEqual([])
  })

  it('are gone within 5 s after kill -9 of the engine', async () => {
    const project = withFamily()
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('family is up')
    await dev.printed('│ slow begun')
    dev.signal('SIGKILL')
    await dev.finished
    await until('all processes of the project are gone', () => processesMatching(project.folder).length === 0, 5000)
  })

  it('that left their group and outlived the reaper are ended at the next start', async () => {
    const project = tempProject({
      'escape.cjs': `const { spawn } = require('child_process')
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', __dirname + '/escaped'], { detached: true, stdio: 'ignore' })
child.unref(); require('fs').writeFileSync('escaped.pid', String(child.pid)); console.log('escaped'); setInterval(() => {}, 1000)`,
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('escape', { serveCmd: 'exec node $PWD/escape.cjs', autoInit: process.env.ESCAPE === '1' })\nlocalResource('other', { cmd: 'echo other ran' })\n`,
    })
    const first = startTiltts(project, ['dev', '--port', '0'], { env: { ESCAPE: '1' } })
    await first.printed(' escaped')
    const escaped = Number(readFileSync(project.path('escaped.pid'), 'utf8'))
    // The reaper goes with the engine here, so that nothing but the next start can find what is left.
    for (const pid of processesMatching('tiltts-reaper'))
      if (sessionOf(pid) === sessionOf(escaped)) process.kill(pid, 'SIGKILL')
    first.signal('SIGKILL')
    await first.finished
    expect(isRunning(escaped)).toBe(true)
    const second = startTiltts(project, ['dev', '--port', '0'])
    await second.printed('│ other ran')
    await until('the escaped process is gone', () => !isRunning(escaped), 5000)
  })
})

describe('what a config starts by itself', () => {
  it('is gone after kill -9 of the engine, too', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { spawn } from 'node:child_process'
import { localResource } from 'tiltts'
spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', process.cwd() + '/by-config'], { detached: true, stdio: 'ignore' }).unref()
localResource('up', { serveCmd: 'echo up is up; sleep 1000' })
`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('│ up is up')
    await until('the config has started it', () => processesMatching('/by-config').length > 0)
    dev.signal('SIGKILL')
    await dev.finished
    await until('it is gone', () => processesMatching(project.folder).length === 0, 5000)
  })
})

describe('a server', () => {
  it('that is restarted finds its port free', async () => {
    const project = tempProject({
      'server.cjs': `const server = require('http').createServer().listen(4721, () => console.log('listens', process.pid))
server.on('error', (error) => { console.log('BUSY', error.code); process.exit(1) })
process.on('SIGTERM', () => setTimeout(() => process.exit(0), 300))`,
      'src/a.txt': '',
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('server', { serveCmd: ['node', 'server.cjs'], deps: ['src'] })\n`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    for (let n = 1; n <= 4; n++) {
      await until(`start ${n}`, () => (dev.stdout().match(/listens \d+/g)?.length ?? 0) === n)
      project.write('src/a.txt', String(n))
    }
    expect(dev.stdout()).not.toContain('BUSY')
  })

  it('that dies is started again with a growing pause when it asks for that, and not when it does not', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'
localResource('again', { serveCmd: 'echo again starts; sleep 0.1; exit 3', restart: 'on-failure' })
localResource('once', { serveCmd: 'echo once starts; sleep 0.1; exit 3' })
`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await until('the second restart', () => (dev.stdout().match(/│ again starts/g)?.length ?? 0) >= 3, 15_000)
    expect(dev.stdout().match(/│ once starts/g)).toHaveLength(1)
  })
})

const sessionOf = (pid: number): string | undefined => {
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  return environment.find((line) => line.startsWith('TILTTS_SESSION='))
}
