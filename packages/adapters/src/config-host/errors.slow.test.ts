import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltHost, buildHost } from './testing/build-host.js'
import { blockedMs, type RealHost, realHost } from './testing/real-host.js'

let built: BuiltHost
let real: RealHost
beforeAll(async () => {
  built = await buildHost()
})
afterAll(() => built.remove())
afterEach(() => real.close())

const importing = "import { exec, fail, include, localResource, readFile, secret, warn } from 'tiltts'\n"

/** Evaluates a config whose first line imports everything; the given text begins on line 2. */
async function evaluate(text: string, files: Readonly<Record<string, string>> = {}) {
  real = await realHost(built)
  await real.write({ 'tilt.config.ts': importing + text, ...files })
  return await real.evaluate()
}

describe('a config that cannot be loaded', () => {
  it('EVAL-21: is shown with the place of each syntax error, in whatever module, and its text', async () => {
    const { result, complaints } = await evaluate("import './lib'\n", {
      'lib.ts': 'const ok = 1\nconst broken = = 2\n',
    })
    expect(complaints).toEqual(['config/syntax lib.ts:2:16'])
    expect(result.diagnostics[0]).toMatchObject({
      message: 'Unexpected "="',
      places: [{ excerpt: { firstLine: 1, lines: ['const ok = 1', 'const broken = = 2', ''] } }],
    })
    expect(result.graph).toBeUndefined()
    expect(result.reads.map(({ path }) => path)).toEqual(
      expect.arrayContaining([real.path('tilt.config.ts'), real.path('lib.ts')]),
    )
  })

  it('is shown with the import of a module that is not there, and waits for that file', async () => {
    const { result, complaints } = await evaluate("\n\nimport { x } from './lib/missing.js'\nx()\n")
    expect(complaints).toEqual(['config/import-failed tilt.config.ts:4:19'])
    expect(result.diagnostics[0]?.message).toContain("'./lib/missing.js'")
    expect(result.reads).toContainEqual({ path: real.path('lib/missing.ts'), kind: 'file' })
  })

  it('is shown with the import of a package that is not installed', async () => {
    const { result, complaints } = await evaluate("import { z } from '@scope/zod/mini'\nz()\n")
    expect(complaints).toEqual(['config/import-failed tilt.config.ts:2:19'])
    expect(result.diagnostics[0]?.hint).toContain('npm install --save-dev @scope/zod')
  })

  it('is shown with the name that a module does not export', async () => {
    const { complaints } = await evaluate("import './lib'\n", {
      'lib.ts': "\nimport { there, gone } from './other'\nconsole.log(there, gone)\n",
      'other.ts': 'export const there = 1\n',
    })
    expect(complaints).toEqual(['config/import-failed lib.ts:2:17'])
  })
})

describe('a config that throws', () => {
  it('is shown at the line of the helper that threw, and the lines that led there', async () => {
    const { result, complaints } = await evaluate("import { service } from './lib/helper.js'\n\nservice('api')\n", {
      'lib/helper.ts':
        'interface Port { n: number }\n\nexport function service(name: string): void {\n  const port = undefined as unknown as Port\n  console.log(port.n)\n}\n',
    })
    expect(complaints).toEqual(['config/threw lib/helper.ts:5:20'])
    expect(result.diagnostics[0]?.message).toContain('TypeError: Cannot read properties of undefined')
    expect(result.diagnostics[0]?.places.map(({ line }) => line)).toEqual([5, 4])
    expect(result.diagnostics[0]?.places[0]?.excerpt?.lines).toContain('  console.log(port.n)')
  })

  it("shows the user's frame first when a package threw", async () => {
    const { complaints } = await evaluate("import { check } from 'checker'\ncheck(1)\n", {
      'node_modules/checker/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/checker/index.js': "export function check() { throw new Error('no') }",
    })
    expect(complaints).toEqual(['config/threw tilt.config.ts:3:1'])
  })

  it('is shown at a top-level await that rejected', async () => {
    const { complaints } = await evaluate(
      "const load = async () => {\n  await null\n  throw new Error('late')\n}\nawait load()\n",
    )
    expect(complaints).toEqual(['config/threw tilt.config.ts:4:9'])
  })

  it('is shown at its line also when the config has looked at the stack', async () => {
    const { complaints } = await evaluate(
      "interface Unused {\n  a: 1\n}\nconst error = new Error('seen')\nconsole.log(typeof error.stack)\nthrow error\n",
    )
    expect(complaints).toEqual(['config/threw tilt.config.ts:5:15'])
  })

  it('is shown with what caused the error', async () => {
    const { result } = await evaluate("throw new Error('outer', { cause: new RangeError('inner') })\n")
    expect(result.diagnostics[0]?.message).toBe('outer\ncaused by: RangeError: inner')
  })

  it('is shown when it throws what is no Error', async () => {
    const { result } = await evaluate("throw 'just text'\n")
    expect(result.diagnostics[0]).toMatchObject({ code: 'config/threw', message: expect.stringContaining('just text') })
  })

  it('shows rejections that nobody handles, and throws of timers', async () => {
    const { complaints } = await evaluate(
      "void Promise.reject(new Error('unhandled'))\nsetTimeout(() => { throw new Error('timer') }, 5)\nawait new Promise((r) => setTimeout(r, 50))\n",
    )
    expect(complaints).toEqual(['config/threw tilt.config.ts:2:21', 'config/threw tilt.config.ts:3:26'])
  })

  it('EVAL-20: takes warn as a warning, fail as the end, and keeps what was printed', async () => {
    const { complaints, printed, levels } = await evaluate(
      "console.log('plain')\nwarn('careful')\nfail('enough')\nlocalResource('never', { cmd: 'x' })\n",
    )
    expect(complaints).toEqual(['config/warning tilt.config.ts:3:1', 'config/failed tilt.config.ts:4:1'])
    expect(printed).toContain('plain\n')
    expect(levels[0]).toBe('info')
  })

  it('shows all mistakes of one evaluation at once', async () => {
    const { complaints } = await evaluate(
      "localResource('a/b', { cmd: 'x' })\nlocalResource('c', {} as never)\nlocalResource('d', { cmd: 'x' })\nlocalResource('d', { cmd: 'x' })\n",
    )
    expect(complaints.map((complaint) => complaint.replace(/:\d+$/, ''))).toEqual([
      expect.stringMatching(/tilt\.config\.ts:2$/),
      expect.stringMatching(/tilt\.config\.ts:3$/),
      expect.stringMatching(/tilt\.config\.ts:5$/),
    ])
  })

  it('PATH-04: a file that includes itself is told as such', async () => {
    const { complaints } = await evaluate("await include(() => import('./a.js'))\n", {
      'a.ts': "import { include } from 'tiltts'\nawait include(() => import('./b.js'))\n",
      'b.ts': "import { include } from 'tiltts'\nawait include(() => import('./a.js'))\n",
    })
    expect(complaints[0]).toMatch(/^config\/circular-include/)
  })
})

describe('a config that ends its process', () => {
  it('by process.exit is shown where it did, even if it catches everything', async () => {
    const { complaints, result } = await evaluate(
      "import { stop } from './lib'\ntry { stop() } catch {}\nfor (;;) await new Promise((r) => setTimeout(r, 10))\n",
      { 'lib.ts': '\nexport function stop() {\n  process.exit(4)\n}\n' },
    )
    expect(complaints).toEqual(['config/process-exit lib.ts:3:11'])
    expect(result.diagnostics[0]?.message).toBe('The config called process.exit(4)')
  })

  it.each([
    ["process.kill(process.pid, 'SIGKILL')", 'SIGKILL', 'config/died tilt.config.ts:2:9'],
    ['process.abort()', 'process.abort()', 'config/died tilt.config.ts:2:9'],
  ])('by %s is shown where it did, with what was read', async (text, message, complaint) => {
    const { complaints, result } = await evaluate(`${text}\n`, {})
    expect(complaints).toEqual([complaint])
    expect(result.diagnostics[0]?.message).toContain(message)
    expect(result.reads).toContainEqual({ path: real.path('tilt.config.ts'), kind: 'file' })
  })

  it('EVAL-10: leaves behind what it had read, learned and printed until then', async () => {
    const { result, printed } = await evaluate(
      "import './lib'\nreadFile('data.txt')\nsecret('hunter2')\nconsole.log('last words, hunter2')\nprocess.kill(process.pid, 'SIGKILL')\n",
      { 'lib.ts': 'export {}\n', 'data.txt': 'x' },
    )
    expect(result.reads.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['tilt.config.ts', 'lib.ts', 'data.txt'].map((name) => real.path(name))),
    )
    expect(result.secrets).toEqual([{ value: 'hunter2', replacement: '[redacted secret]' }])
    expect(printed).toBe('last words, [redacted secret]\n')
  })

  it('by running out of memory is told so', async () => {
    real = await realHost(built, {
      entry: { ...built.entry, execArgv: ['--max-old-space-size=50'] },
      limits: { blockedMs: 20_000 },
    })
    await real.write({
      'tilt.config.ts': 'const all: unknown[] = []\nfor (;;) all.push(new Array(1000).fill(all.length))\n',
    })
    const { result, complaints } = await real.evaluate()
    expect(complaints).toEqual(['config/died'])
    expect(result.diagnostics[0]?.message).toContain('ran out of memory')
    expect(result.reads).toContainEqual({ path: real.path('tilt.config.ts'), kind: 'file' })
  })
})

describe('a config that blocks', () => {
  it('is shown at the loop it is in', async () => {
    const { complaints, result, printed } = await evaluate(
      "console.log('looping')\nimport { spin } from './lib'\nspin()\n",
      {
        'lib.ts': 'type N = number\n\nexport function spin(): N {\n  let n: N = 0\n  for (;;) n += 1\n}\n',
      },
    )
    expect(complaints).toEqual([expect.stringMatching(/^config\/blocked lib\.ts:5:/)])
    expect(result.diagnostics[0]?.places[1]).toMatchObject({ file: real.path('tilt.config.ts'), line: 4 })
    expect(result.diagnostics[0]?.places[0]?.excerpt?.lines).toContain('  for (;;) n += 1')
    expect(printed).toBe('looping\n')
  })

  it('by waiting for a command is shown at the call, and told of exec', async () => {
    const { complaints, result } = await evaluate(
      "import { execSync } from 'node:child_process'\n\nexecSync('sleep 60')\n",
    )
    expect(complaints).toEqual(['config/blocked tilt.config.ts:4:1'])
    expect(result.diagnostics[0]?.hint).toContain('await exec')
  })

  it('is something else than one that waits', async () => {
    const { complaints, result } = await evaluate(
      `await exec('sleep ${(blockedMs * 2) / 1000}', { quiet: true })\nlocalResource('x', { cmd: 'x' })\n`,
    )
    expect(complaints).toEqual([])
    expect(result.graph?.resources).toHaveLength(1)
  })

  it('is something else than one that prints a lot: a million lines arrive, in order, and it ends', async () => {
    real = await realHost(built, { limits: { blockedMs: 10_000 } })
    await real.write({
      'tilt.config.ts': `${importing}for (let i = 0; i < 1_000_000; i++) console.log('line ' + i)\nlocalResource('x', { cmd: 'x' })\n`,
    })
    let next = 0
    let rest = ''
    let wrong = 0
    let most = 0
    const before = process.memoryUsage().rss
    const onLog = (text: string): void => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line !== `line ${next}`) wrong += 1
        next += 1
      }
      if (next % 10_000 === 0) most = Math.max(most, process.memoryUsage().rss)
    }
    const { result } = await real.evaluate({ onLog })
    expect({ next, wrong }).toEqual({ next: 1_000_000, wrong: 0 })
    expect(result.graph?.resources).toHaveLength(1)
    expect((most - before) / 2 ** 20).toBeLessThan(100)
  })

  it('by awaiting what nobody resolves ends too', async () => {
    const { complaints } = await evaluate('type Unused = 1\n\nconst x = await new Promise(() => {})\nconsole.log(x)\n')
    expect(complaints).toEqual(['config/never-settles tilt.config.ts:4:11'])
  })

  it('is something else than one that waits for threads', async () => {
    const { complaints } = await evaluate(`import { Worker } from 'node:worker_threads'
await new Promise((r) => new Worker('setTimeout(() => {}, 1500)', { eval: true }).once('exit', r))
localResource('x', { cmd: 'x' })
`)
    expect(complaints).toEqual([])
  })
})

describe('commands of a config', () => {
  it('FS-06: have the environment of the request, what the config put into it, and what the call gives', async () => {
    real = await realHost(built)
    await real.write({
      'tilt.config.ts': `${importing}process.env.OWN = 'own'
const { stdout } = await exec('echo $TILT_PORT $OWN $GIVEN $(pwd)', { env: { GIVEN: 'given' }, quiet: true })
localResource(stdout.trim().replaceAll('/', '-'), { cmd: 'x' })
`,
    })
    const env = { PATH: process.env['PATH'] ?? '', TILT_PORT: '10350' }
    const { result } = await real.evaluate({ env })
    expect(result.graph?.resources[0]?.name).toBe(`10350 own given ${real.folder.replaceAll('/', '-')}`)
  })

  it('that fail are shown at the call, with the output that nobody has seen', async () => {
    const { result, complaints, printed } = await evaluate("await exec('echo seen; exit 3', { quiet: true })\n")
    expect(complaints).toEqual(['config/exec-failed tilt.config.ts:2:7'])
    expect(result.diagnostics[0]?.message).toBe('`echo seen; exit 3` exited with code 3\nseen')
    expect(printed).toBe('exec: echo seen; exit 3\n')
  })

  it('that do not exist are told by name', async () => {
    const { complaints, result } = await evaluate("await exec(['no-such-command-here'])\n")
    expect(complaints).toEqual(['config/exec-failed tilt.config.ts:2:7'])
    expect(result.diagnostics[0]?.message).toContain('no-such-command-here')
  })
})

describe('stopping', () => {
  it('EVAL-13: ends the commands that the config waits for', async () => {
    real = await realHost(built)
    await real.write({ 'tilt.config.ts': `${importing}await exec('echo started; exec sleep 60')\n` })
    const abort = new AbortController()
    const began = Date.now()
    const { complaints } = await real.evaluate(
      { onLog: (text) => (text.includes('→ started') ? abort.abort() : undefined) },
      abort.signal,
    )
    expect(complaints).toEqual(['config/canceled'])
    await real.host.close()
    expect(Date.now() - began).toBeLessThan(8_000)
  })
})
