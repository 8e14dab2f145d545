import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FunctionCall } from '@tiltts/runtime/ports'
import { UserError } from '@tiltts/spec'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConfigHostOptions } from './options.js'
import { sourceEntry } from './source-entry.js'
import { type BuiltHost, buildHost } from './testing/build-host.js'
import { type RealEvaluation, type RealHost, realHost } from './testing/real-host.js'

let built: BuiltHost
let real: RealHost
let groups: number[] = []
beforeAll(async () => {
  built = await buildHost()
})
afterAll(() => built.remove())
afterEach(() => real.close())

/** Evaluates a config whose second line is the first of the given text. */
async function evaluate(text: string, options: Partial<ConfigHostOptions> = {}): Promise<RealEvaluation> {
  groups = []
  real = await realHost(built, { onGroup: (pgid) => groups.push(pgid), ...options })
  await real.write({ 'tilt.config.ts': `import { exec, localResource } from 'tiltts'\n${text}` })
  return await real.evaluate()
}

const never = new AbortController().signal

function callOf(fnId: string, more: Partial<FunctionCall> = {}): FunctionCall {
  const context = { resource: 'a', env: {}, dir: real.folder, inputs: {}, changedFiles: [] }
  return { fnId, context, timeoutMs: 0, onLog: () => {}, ...more }
}

async function rejection(promise: Promise<unknown>): Promise<UserError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, got ${String(error)}`)
  return error
}

const placeOf = (error: UserError): string => {
  const { code, places } = error.diagnostics[0] ?? { code: 'none', places: [] }
  return `${code} ${places[0]?.line}:${places[0]?.column}`
}

/** Whether it runs; a zombie does not. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

async function until(condition: () => boolean, ms = 10_000): Promise<void> {
  const end = Date.now() + ms
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not come to that')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('what a function does', () => {
  it('is shown at its own line when it throws, is too slow, or blocks', async () => {
    const { functions } = await evaluate(`localResource('throws', {
  cmd: async () => {
    await null
    throw new Error('x')
  },
})
localResource('slow', { cmd: () => new Promise(() => {}) })
localResource('blocks', {
  cmd: () => {
    for (;;) {}
  },
})
localResource('exits', { cmd: () => process.exit(1) })
`)
    expect(placeOf(await rejection(functions.call(callOf('local:throws/cmd'), never)))).toBe('function/threw 5:11')
    expect(placeOf(await rejection(functions.call(callOf('local:exits/cmd'), never)))).toBe('function/threw 14:45')
    expect(placeOf(await rejection(functions.call(callOf('local:slow/cmd', { timeoutMs: 30 }), never)))).toBe(
      'function/timeout 8:1',
    )
    expect(placeOf(await rejection(functions.call(callOf('local:blocks/cmd'), never)))).toMatch(
      /^function\/blocked 11:/,
    )
  })

  it('names the function that blocks, not the one that waits beside it', async () => {
    const { functions } =
      await evaluate(`localResource('waits', { cmd: () => new Promise((r) => setTimeout(r, 60_000)) })
localResource('blocks', { cmd: async () => { await null; for (;;) {} } })
`)
    const waits = rejection(functions.call(callOf('local:waits/cmd'), never))
    const blocks = rejection(functions.call(callOf('local:blocks/cmd'), never))
    expect((await blocks).diagnostics[0]?.code).toBe('function/blocked')
    expect((await waits).diagnostics[0]).toMatchObject({
      code: 'function/threw',
      message: expect.stringContaining('another function of the config blocked'),
    })
  })

  it('keeps what two calls print apart', async () => {
    const { functions, printed } = await evaluate(`localResource('a', { cmd: async (ctx) => {
  for (let i = 0; i < 3; i++) { console.log(ctx.env.NAME + i); await new Promise((r) => setTimeout(r, 10)) }
} })
`)
    const outputs = await Promise.all(
      ['x', 'y'].map(async (name) => {
        const lines: string[] = []
        const { context } = callOf('')
        const call = callOf('local:a/cmd', {
          context: { ...context, env: { NAME: name } },
          onLog: (text) => lines.push(text),
        })
        await functions.call(call, never)
        return lines.join('')
      }),
    )
    expect(outputs).toEqual(['x0\nx1\nx2\n', 'y0\ny1\ny2\n'])
    expect(printed).toBe('')
  })

  it('runs commands in its folder and environment, by the engine, and hears of their failure', async () => {
    const { functions } = await evaluate(`localResource('a', { cmd: async (ctx) => {
  const { stdout } = await ctx.exec('echo $NAME in $(pwd)', { env: { NAME: 'given' } })
  const { exitCode } = await ctx.exec(['sh', '-c', 'exit 3'], { allowFailure: true, echoOff: true })
  const word = "two words"
  await ctx.exec\`echo \${word} $FROM\`
  const failed = await ctx.exec('echo why >&2; exit 4', { quiet: true }).catch((error) => error.message)
  return { stdout, exitCode, failed }
} })
`)
    const lines: string[] = []
    const { context } = callOf('')
    const call = callOf('local:a/cmd', {
      context: { ...context, env: { FROM: 'here' } },
      onLog: (text) => lines.push(text),
    })
    expect(await functions.call(call, never)).toEqual({
      stdout: `given in ${real.folder}\n`,
      exitCode: 3,
      failed: '`echo why >&2; exit 4` exited with code 4\nwhy',
    })
    expect(lines.join('')).toBe(
      `exec: echo $NAME in $(pwd)\n → given in ${real.folder}\nexec: echo 'two words' $FROM\n → two words here\nexec: echo why >&2; exit 4\n`,
    )
  })

  it('ends its commands with the call', async () => {
    const { functions } = await evaluate(`localResource('a', { cmd: async (ctx) => {
  await ctx.exec('echo pid $$; exec sleep 60')
} })
localResource('b', { cmd: async (ctx) => {
  void ctx.exec('echo pid $$; exec sleep 60').catch(() => {})
  await new Promise((r) => setTimeout(r, 300))
} })
`)
    const { context } = callOf('')
    const pidOf = (lines: readonly string[]): number => Number(/ → pid (\d+)/.exec(lines.join(''))?.[1] ?? 0)

    const left: string[] = []
    await functions.call(callOf('local:b/cmd', { context, onLog: (text) => left.push(text) }), never)
    expect(pidOf(left)).toBeGreaterThan(0)
    await until(() => !runs(pidOf(left)))

    const stopped: string[] = []
    const abort = new AbortController()
    const call = rejection(
      functions.call(callOf('local:a/cmd', { context, onLog: (text) => stopped.push(text) }), abort.signal),
    )
    await until(() => pidOf(stopped) > 0 && runs(pidOf(stopped)))
    abort.abort()
    await call
    await until(() => !runs(pidOf(stopped)))
  })

  it('returns plain data or fails', async () => {
    const { functions } = await evaluate("localResource('a', { cmd: () => () => 1 })\n")
    const error = await rejection(functions.call(callOf('local:a/cmd'), never))
    expect(error.message).toContain('no plain data')
  })
})

describe('the life of a host', () => {
  it('ends after an evaluation that left no functions, and stays for one that did', async () => {
    await evaluate("localResource('a', { cmd: 'x' })\n")
    await until(() => !runs(groups[0] ?? 0))
    await real.close()
    const { functions } = await evaluate("localResource('a', { cmd: () => {} })\n")
    expect(runs(groups[0] ?? 0)).toBe(true)
    await functions.release()
    await until(() => !runs(groups[0] ?? 0))
  })

  it('begins before it is needed, one at a time', async () => {
    groups = []
    real = await realHost(built, { keepStandby: true, onGroup: (pgid) => groups.push(pgid) })
    await real.write({ 'tilt.config.ts': "import { localResource } from 'tiltts'\nlocalResource('a', { cmd: 'x' })\n" })
    real.host.prepare()
    real.host.prepare()
    expect(groups).toHaveLength(1)
    await real.evaluate()
    expect(groups).toHaveLength(1)
    await until(() => groups.length === 2)
    expect(runs(groups[1] ?? 0)).toBe(true)
  })

  it('has its work behind it by then: a warm evaluation takes less than half of a cold one', async () => {
    real = await realHost(built, { limits: { standbyDelayMs: 0 } })
    await real.write({ 'tilt.config.ts': "import { localResource } from 'tiltts'\nlocalResource('a', { cmd: 'x' })\n" })
    const timed = async (): Promise<number> => {
      const began = performance.now()
      await real.evaluate()
      return performance.now() - began
    }
    const cold: number[] = []
    const warm: number[] = []
    for (let round = 0; round < 3; round += 1) {
      cold.push(await timed())
      real.host.prepare()
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      warm.push(await timed())
    }
    expect(Math.min(...warm)).toBeLessThan(Math.min(...cold) / 2)
  })

  it('does not go on when there will be no second evaluation', async () => {
    await evaluate("localResource('a', { cmd: 'x' })\n", { limits: { standbyDelayMs: 1 } })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(groups).toHaveLength(1)
  })

  it('takes along what the config has started by itself', async () => {
    const { printed } = await evaluate(
      "import { spawn } from 'node:child_process'\nconst child = spawn('sleep', ['60'])\nconsole.log(child.pid)\nlocalResource('a', { cmd: 'x' })\n",
    )
    await until(() => !runs(Number(printed.trim())))
  })

  it.each([
    ['keeps a function', "localResource('a', { cmd: () => {} })"],
    ['never ends', 'for (;;) {}'],
  ])('does not outlive an engine that was killed, even when it %s', async (_what, rest) => {
    real = await realHost(built)
    await real.write({
      'tilt.config.ts': `import { localResource } from 'tiltts'
import { spawn } from 'node:child_process'
console.log('child ' + spawn('sleep', ['60']).pid)
${rest}
`,
    })
    const engine = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--conditions=@tiltts/source'],
        fileURLToPath(new URL('testing/engine.ts', import.meta.url)),
        ...[built.entry.path, built.cliPackageDir, real.path('tilt.config.ts')],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], cwd: fileURLToPath(new URL('.', import.meta.url)) },
    )
    let output = ''
    engine.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    await until(() => /child \d+/.test(output), 60_000)
    const pids = [...output.matchAll(/(?:group|child) (\d+)/g)].map(([, pid]) => Number(pid))
    expect(pids.map(runs)).toEqual([true, true])
    engine.kill('SIGKILL')
    await until(() => !pids.some(runs), 5_000)
  })

  it('runs from the sources of this repository, too', async () => {
    real = await realHost(built, {
      entry: sourceEntry(),
      installed: false,
      cliPackageDir: fileURLToPath(new URL('../../../tiltts', import.meta.url)),
    })
    await real.write({
      'tilt.config.ts':
        "import { localResource } from 'tiltts'\nconst name: string = 'a'\nlocalResource(name, { cmd: () => name })\n",
    })
    const { result, functions, complaints } = await real.evaluate()
    expect(complaints).toEqual([])
    expect(result.graph?.resources[0]?.place).toMatchObject({ line: 3, column: 1 })
    expect(result.reads.map(({ path }) => path).filter((path) => !path.startsWith(real.folder))).toEqual([])
    expect(await functions.call(callOf('local:a/cmd'), never)).toBe('a')
  })
})

it('a server reads the manifests itself that its config looks at', async () => {
  const given = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'from-manifest' } }
  real = await realHost(built)
  await real.write({
    'k8s.yaml': JSON.stringify(given),
    'tilt.config.ts': `import { localResource, renderYaml } from 'tiltts'
const [object] = await renderYaml('./k8s.yaml')
localResource('a', { serveCmd: () => console.log('serving ' + object?.metadata.name) })
`,
  })
  const documents = [{ object: given }]
  const { functions, result } = await real.evaluate({ render: async () => ({ documents, diagnostics: [], reads: [] }) })
  expect(result.diagnostics).toEqual([])
  const env = { PATH: process.env['PATH'] ?? '' }
  const output: string[] = []
  const argv = functions.argv('local:a/serve', { ...callOf('').context, env })
  const server = real.processes.spawn({ argv, dir: real.folder, env, onOutput: (text) => void output.push(text) })
  await server.exited
  expect(output.join('')).toBe('serving from-manifest\n')
})
