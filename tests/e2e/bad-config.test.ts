import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { tempProject } from '../support/temp-project.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'

const good = `import { localResource } from 'tiltts'
localResource('steady', { serveCmd: 'echo steady is up; sleep 1000' })
`

interface BadConfig {
  readonly what: string
  readonly code: string
  /** Files beside the config. */
  readonly files?: Readonly<Record<string, string>>
  /** What has to stand on stderr. */
  readonly says: readonly RegExp[]
}

const bad: readonly BadConfig[] = [
  {
    what: 'a syntax error',
    code: `${good}localResource('x', { cmd: 'true' \n`,
    says: [/config\/syntax/, /tilt\.config\.ts:\d+:\d+/],
  },
  {
    what: 'a throw inside a helper',
    files: { 'lib/helper.ts': `export function helper(): never {\n  throw new Error('helper is broken')\n}\n` },
    code: `${good}import { helper } from './lib/helper.ts'\nhelper()\n`,
    says: [/helper is broken/, /lib\/helper\.ts:2:9/, /throw new Error\('helper is broken'\)/],
  },
  {
    what: 'a rejected top-level await',
    code: `${good}await Promise.reject(new Error('rejected on top'))\n`,
    says: [/rejected on top/, /tilt\.config\.ts:3:22/],
  },
  {
    what: 'process.exit()',
    code: `${good}process.exit(0)\n`,
    says: [/config\/process-exit/, /tilt\.config\.ts:3:9/],
  },
  {
    what: 'a config that kills its own process',
    code: `${good}process.kill(process.pid, 'SIGKILL')\nawait new Promise(() => {})\n`,
    says: [/config\/died/, /SIGKILL/],
  },
  {
    what: 'a blocked event loop',
    code: `${good}for (;;) {}\n`,
    says: [/config\/blocked/],
  },
  {
    what: 'an include that comes back to itself',
    files: {
      'a.ts': `import { include } from 'tiltts'\nawait include('./b.ts')\n`,
      'b.ts': `import { include } from 'tiltts'\nawait include('./a.ts')\n`,
    },
    code: `${good}import { include } from 'tiltts'\nawait include('./a.ts')\n`,
    says: [/config\/circular-include/, /[ab]\.ts:2/],
  },
  {
    what: 'two resources of one name',
    code: `${good}localResource('steady', { cmd: 'true' })\n`,
    says: [/config\/duplicate-resource/, /tilt\.config\.ts:3:1/, /tilt\.config\.ts:2:1/],
  },
  {
    what: 'a dependency cycle, printed as a path',
    code: `${good}localResource('a', { cmd: 'true', resourceDeps: ['b'] })\nlocalResource('b', { cmd: 'true', resourceDeps: ['c'] })\nlocalResource('c', { cmd: 'true', resourceDeps: ['a'] })\n`,
    says: [/config\/dependency-cycle/, /a → b → c → a|b → c → a → b|c → a → b → c/],
  },
  {
    what: 'an unknown dependency, with the nearest name',
    code: `${good}localResource('a', { cmd: 'true', resourceDeps: ['stedy'] })\n`,
    says: [/config\/unknown-resource/, /stedy/, /steady/, /tilt\.config\.ts:3:/],
  },
  {
    what: 'a promise that nobody awaited',
    code: `${good}import { exec } from 'tiltts'\nexec('true')\n`,
    says: [/config\/unawaited/, /tilt\.config\.ts:4:1/],
  },
  {
    what: 'an unknown option, from a config that no compiler saw',
    code: `${good}localResource('a', { comand: 'true' } as never)\n`,
    says: [/config\/unknown-option/, /comand/, /tilt\.config\.ts:3:/],
  },
  {
    what: 'a missing module',
    code: `import './nowhere.ts'\n${good}`,
    says: [/nowhere/, /tilt\.config\.ts:1:/],
  },
  {
    what: 'fail()',
    code: `import { fail } from 'tiltts'\n${good}fail('not on this machine')\n`,
    says: [/config\/failed/, /not on this machine/, /tilt\.config\.ts:4:1/],
  },
  {
    what: 'no resource at all',
    code: `import 'tiltts'\n`,
    says: [/config\/no-resources/],
  },
]

describe.each(bad)('$what', ({ code, files, says }) => {
  it('ends ci with exit code 2, and says what, where and what to do', async () => {
    const project = tempProject({ 'tilt.config.ts': code, ...files })
    const result = await runTiltts(project, ['ci', '--port', '0'])
    expect(result.code).toBe(2)
    for (const pattern of says) expect(result.stderr).toMatch(pattern)
  })
})

describe('after a good evaluation', () => {
  it.each(bad.filter(({ what }) => what !== 'a blocked event loop'))(
    'EVAL-09: $what leaves the last good graph running, and the next good edit is taken',
    async ({ code, files, says }) => {
      const project = tempProject({ 'tilt.config.ts': good, ...files })
      const dev = startTiltts(project, ['dev', '--port', '0'])
      await dev.printed('│ steady is up')
      project.write('tilt.config.ts', code)
      await until('the error is said', () => says.every((pattern) => pattern.test(dev.stderr())), 15_000)
      project.write('tilt.config.ts', `${good}localResource('mended', { cmd: 'echo mended ran' })\n`)
      await dev.printed('│ mended ran')
      expect(dev.stdout().match(/│ steady is up/g)).toHaveLength(1)
    },
  )

  it('EVAL-09: a config that blocks its event loop is ended after 10 s, while the graph runs on', async () => {
    const project = tempProject({ 'tilt.config.ts': good })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('│ steady is up')
    project.write('tilt.config.ts', `${good}for (;;) {}\n`)
    await until('the block is said', () => dev.stderr().includes('config/blocked'), 30_000)
    project.write('tilt.config.ts', `${good}localResource('mended', { cmd: 'echo mended ran' })\n`)
    await dev.printed('│ mended ran')
  })
})

describe('a config', () => {
  it('shows all its errors at once', async () => {
    const project = tempProject({
      'tilt.config.ts': `${good}localResource('a', { cmd: 'true', resourceDeps: ['x'] })
localResource('b', { cmd: 'true', resourceDeps: ['y'] })
localResource('b', { cmd: 'true' })
localResource('c', { cmd: 5 } as never)
`,
    })
    const { stderr } = await runTiltts(project, ['ci', '--port', '0'])
    for (const line of [3, 4, 5, 6]) expect(stderr).toMatch(new RegExp(`tilt\\.config\\.ts:${line}:`))
  })

  it('may print a million lines', async () => {
    const project = tempProject({
      'tilt.config.ts': `${good.replace('serveCmd', 'cmd').replace('; sleep 1000', '')}for (let i = 0; i < 1_000_000; i++) console.log('config line ' + i)\n`,
    })
    const { code, stdout } = await runTiltts(project, ['ci', '--port', '0'])
    expect(code).toBe(0)
    expect(stdout.match(/│? ?config line \d+/g)).toHaveLength(1_000_000)
  })

  it('that waits for a slow command is not taken for blocked', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { exec, localResource } from 'tiltts'\nawait exec('sleep 12')\nlocalResource('late', { cmd: 'echo late ran' })\n`,
    })
    expect(await runTiltts(project, ['ci', '--port', '0'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('late ran'),
    })
  })

  it('EVAL-02: that is missing is waited for, and starts when it is written', async () => {
    const project = tempProject({})
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await until('it is said', () => /config\/no-config/.test(dev.stderr()))
    project.write('tilt.config.ts', good)
    await dev.printed('│ steady is up')
  })
})
