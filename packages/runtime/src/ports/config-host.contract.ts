import { type FunctionRef, type KubernetesGraph, type KubernetesManifest, type LogLevel, UserError } from '@tiltts/spec'
import { afterEach, describe, expect, it } from 'vitest'
import type { FakeConfig, FakeConfigScript } from '../testing/fake-config.js'
import type { ConfigHost, EvaluateRequest, Evaluation, FunctionCall } from './config-host.js'
import type { Processes } from './processes.js'

export interface ConfigHostHarness {
  /** With a limit of `blockedMs` for event loops that stand still. */
  readonly host: ConfigHost
  /** The same that the host was made with. */
  readonly processes: Processes
  readonly blockedMs: number
  /** Writes a config in a folder of its own; returns its path. */
  write(config: ContractConfig): Promise<string>
  close(): Promise<void>
}

/** One config, as TypeScript for a host that runs files, and as a script for one that does not. */
export interface ContractConfig {
  readonly typescript: string
  readonly script: FakeConfigScript
}

const config = (typescript: string, script: FakeConfigScript): ContractConfig => ({
  typescript: `import * as tiltts from 'tiltts'\nconst { localResource, exec, secret, warn } = tiltts\n${typescript}\n`,
  script,
})

const withFunction = (typescript: string, step: Parameters<FakeConfig['fn']>[1]): ContractConfig =>
  config(`localResource('a', { cmd: async (ctx) => { ${typescript} } })`, (c) => c.local('a', { cmd: step }))

const fnOfA = (evaluation: Evaluation): FunctionRef => {
  const cmd = evaluation.result.graph?.resources[0]?.cmd?.command
  if (cmd === undefined || !('fn' in cmd)) throw new Error('resource a has no function')
  return cmd.fn
}

const codesOf = (evaluation: Evaluation): readonly string[] => evaluation.result.diagnostics.map(({ code }) => code)

interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
}

function deferred<T>(): Deferred<T> {
  let resolve = (_value: T): void => {}
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

const nothing: KubernetesGraph = {
  manifests: [],
  resources: [],
  forwards: [],
  customDeploys: [],
  kinds: [],
  imagePaths: [],
  allowedContexts: [],
}

const given: KubernetesManifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'given' } }

/** Makes a resource of each object that it is shown. */
const rendering = config(
  `for (const { metadata } of await tiltts.renderYaml(${JSON.stringify(given)})) localResource(metadata.name, { cmd: 'x' })`,
  async (c) => {
    for (const { metadata } of await c.render([{ type: 'objects', objects: [given] }]))
      c.local(metadata.name, { cmd: 'x' })
  },
)

/** What every host of configs does. */
export function configHostContract(name: string, make: () => Promise<ConfigHostHarness>): void {
  const open: ConfigHostHarness[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((harness) => harness.close()))
  })

  const start = async (): Promise<
    ConfigHostHarness & {
      evaluate: (
        given: ContractConfig | string,
        request?: Partial<EvaluateRequest>,
        signal?: AbortSignal,
      ) => Promise<Evaluation & { readonly mainPath: string; readonly printed: readonly string[] }>
    }
  > => {
    const harness = await make()
    open.push(harness)
    return {
      ...harness,
      async evaluate(given, request = {}, signal = new AbortController().signal) {
        const mainPath = typeof given === 'string' ? given : await harness.write(given)
        const printed: string[] = []
        const onLog = (text: string): void => void printed.push(text)
        const base = { mainPath, args: [], command: 'dev' as const, env: { PATH: process.env['PATH'] ?? '' }, onLog }
        const evaluation = await harness.host.evaluate({ ...base, ...request }, signal)
        return { ...evaluation, mainPath, printed: printed.join('').split('\n').slice(0, -1) }
      },
    }
  }

  const callOf = (fnId: string, more: Partial<FunctionCall> = {}): FunctionCall => ({
    fnId,
    context: { resource: 'a', env: {}, dir: '/', inputs: {}, changedFiles: [] },
    timeoutMs: 0,
    onLog: () => {},
    ...more,
  })
  const never = new AbortController().signal
  const rejection = async (promise: Promise<unknown>): Promise<UserError> => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (!(error instanceof UserError)) throw new Error(`expected a UserError, got ${String(error)}`)
    return error
  }

  describe(`${name}: evaluating`, () => {
    it('EVAL-01: declares and runs nothing, and names the file among what was read', async () => {
      const { evaluate } = await start()
      const { result, mainPath } = await evaluate(
        config("localResource('a', { cmd: 'exit 7' })", (c) => c.local('a', { cmd: 'exit 7' })),
      )
      expect(result.graph?.resources.map((resource) => resource.name)).toEqual(['a'])
      expect(result.diagnostics).toEqual([])
      expect(result.reads).toContainEqual({ path: mainPath, kind: 'file' })
    })

    it('hands on what is printed, in order', async () => {
      const { evaluate } = await start()
      const { printed } = await evaluate(
        config(
          "console.log('one'); console.error('two'); console.log('three\\nfour'); localResource('a', { cmd: 'x' })",
          (c) => {
            c.print('one')
            c.print('two', 'warn')
            c.print('three\nfour')
            c.local('a', { cmd: 'x' })
          },
        ),
      )
      expect(printed).toEqual(['one', 'two', 'three', 'four'])
    })

    it('tells a throw as a diagnostic, with what was read so far', async () => {
      const { evaluate } = await start()
      const evaluation = await evaluate(
        config("localResource('a', { cmd: 'x' }); throw new Error('no such luck')", (c) => {
          c.local('a', { cmd: 'x' })
          throw new Error('no such luck')
        }),
      )
      expect(evaluation.result.graph).toBeUndefined()
      expect(evaluation.result.diagnostics).toMatchObject([{ code: 'config/threw', message: 'no such luck' }])
      expect(evaluation.result.reads).toContainEqual({ path: evaluation.mainPath, kind: 'file' })
    })

    it('tells a config that is not there', async () => {
      const { evaluate, write } = await start()
      const path = await write(config('', () => {}))
      const evaluation = await evaluate(path.replace('tilt.config', 'other.config'))
      expect(codesOf(evaluation)).toEqual(['config/no-config'])
    })

    it('FS-07: gives the environment of the request, and forgets what the config makes of it', async () => {
      const { evaluate, write } = await start()
      const path = await write(
        config(
          "console.log(process.env.SEEN ?? 'unset'); process.env.SEEN = 'changed'; localResource('a', { cmd: 'x' })",
          (c) => {
            c.print(c.env['SEEN'] ?? 'unset')
            c.env['SEEN'] = 'changed'
            c.local('a', { cmd: 'x' })
          },
        ),
      )
      expect((await evaluate(path)).printed).toEqual(['unset'])
      expect((await evaluate(path, { env: { SEEN: 'given' } })).printed).toEqual(['given'])
      expect((await evaluate(path)).printed).toEqual(['unset'])
    })

    it('EVAL-13: an aborted evaluation ends as canceled, and the next one is as good as ever', async () => {
      const { evaluate, write } = await start()
      const abort = new AbortController()
      const path = await write(
        config("console.log('begun'); await new Promise((r) => setTimeout(r, 60_000))", async (c) => {
          c.print('begun')
          await new Promise(() => {})
        }),
      )
      const onLog = (text: string): void => {
        if (text.includes('begun')) abort.abort()
      }
      const { result } = await evaluate(path, { onLog }, abort.signal)
      expect(result.graph).toBeUndefined()
      expect(result.diagnostics).toMatchObject([{ code: 'config/canceled', message: 'build canceled' }])
      const next = await evaluate(config("localResource('a', { cmd: 'x' })", (c) => c.local('a', { cmd: 'x' })))
      expect(next.result.diagnostics).toEqual([])
    })

    it.each([
      [
        'process.exit()',
        'process.exit(3)',
        (c: FakeConfig) => c.exitProcess(3),
        'config/process-exit',
        'process.exit(3)',
      ],
      [
        'a signal',
        "process.kill(process.pid, 'SIGKILL')",
        (c: FakeConfig) => c.die('SIGKILL'),
        'config/died',
        'SIGKILL',
      ],
      ['an endless loop', 'for (;;) {}', (c: FakeConfig) => c.block(), 'config/blocked', 'blocked its event loop'],
    ] as const)('outlives a config that ends its process by %s', async (_what, typescript, script, code, message) => {
      const { evaluate } = await start()
      const evaluation = await evaluate(config(typescript, (c) => script(c)))
      expect(codesOf(evaluation)).toEqual([code])
      expect(evaluation.result.diagnostics[0]?.message).toContain(message)
      expect(evaluation.result.reads).toContainEqual({ path: evaluation.mainPath, kind: 'file' })
      const next = await evaluate(config("localResource('a', { cmd: 'x' })", (c) => c.local('a', { cmd: 'x' })))
      expect(next.result.diagnostics).toEqual([])
    })

    it('FS-05: runs the commands of exec as processes of the engine, shows them, and fails with them', async () => {
      const { evaluate } = await start()
      const levels: LogLevel[] = []
      const good = await evaluate(
        config(
          "const { stdout } = await exec(['echo', 'hello']); localResource(stdout.trim(), { cmd: 'x' })",
          async (c) => {
            const { stdout } = await c.exec(['echo', 'hello'])
            c.local(stdout.trim(), { cmd: 'x' })
          },
        ),
      )
      expect(good.result.graph?.resources[0]?.name).toBe('hello')
      expect(good.printed[0]).toBe('exec: echo hello')
      expect(good.printed[1]).toContain('hello')
      const onLog = (_text: string, level: LogLevel): void => void levels.push(level)
      const bad = await evaluate(
        config("await exec(['false'])", async (c) => void (await c.exec(['false']))),
        { onLog },
      )
      expect(codesOf(bad)).toEqual(['config/exec-failed'])
      expect(new Set(levels)).toEqual(new Set(['info']))
    })

    it('KY-09: tells the context and namespace of the session, and nothing where there are none', async () => {
      const { evaluate, write } = await start()
      const path = await write(
        config("tiltts.warn([tiltts.k8sContext(), tiltts.k8sNamespace()].join('/'))", (c) =>
          c.complain({ severity: 'warning', message: `${c.kubernetes.context}/${c.kubernetes.namespace}` }),
        ),
      )
      const kubernetes = { context: 'kind-shop', namespace: 'dev' }
      expect((await evaluate(path, { kubernetes })).result.diagnostics).toMatchObject([{ message: 'kind-shop/dev' }])
      expect((await evaluate(path)).result.diagnostics).toMatchObject([{ message: '/' }])
    })

    it('reads manifests for a config that looks at them, and takes what that read for its own', async () => {
      const { evaluate } = await start()
      const asked: unknown[] = []
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'seen' } }
      const { result, mainPath } = await evaluate(rendering, {
        async render(sources) {
          asked.push(sources)
          return { documents: [{ object }], diagnostics: [], reads: [{ path: '/charts', kind: 'tree' }] }
        },
      })
      expect(result.diagnostics).toEqual([])
      expect(result.graph?.resources.map(({ name }) => name)).toEqual(['seen'])
      expect(asked).toEqual([[{ type: 'objects', objects: [{ ...object, metadata: { name: 'given' } }] }]])
      expect(result.reads).toContainEqual({ path: '/charts', kind: 'tree' })
      expect(result.reads).toContainEqual({ path: mainPath, kind: 'file' })
    })

    it('tells what is wrong with manifests at their own place, and that nobody can read them', async () => {
      const { evaluate } = await start()
      const place = { file: '/k8s/api.yaml', line: 7, column: 3 }
      const wrong = await evaluate(rendering, {
        render: async () => ({
          documents: [],
          diagnostics: [{ code: 'config/invalid-manifest', severity: 'error', message: 'twice', places: [place] }],
          reads: [],
        }),
      })
      expect(wrong.result.graph).toBeUndefined()
      expect(wrong.result.diagnostics).toMatchObject([{ code: 'config/invalid-manifest', message: 'twice' }])
      expect(wrong.result.diagnostics[0]?.places[0]).toEqual(place)
      const broken = await evaluate(wrong.mainPath, { render: () => Promise.reject(new Error('no helm')) })
      expect(broken.result.diagnostics[0]?.message).toContain('no helm')
      const nobody = await evaluate(wrong.mainPath)
      expect(nobody.result.diagnostics[0]?.message).toContain('The manifests could not be read')
    })

    it('tells secrets also when the evaluation fails', async () => {
      const { evaluate } = await start()
      const { result } = await evaluate(
        config("secret('hunter2'); throw new Error('no')", (c) => {
          c.secret('hunter2')
          throw new Error('no')
        }),
      )
      expect(result.secrets).toEqual([{ value: 'hunter2', replacement: '[redacted secret]' }])
    })

    it('closing ends an evaluation that is under way', async () => {
      const { host, evaluate } = await start()
      const under = evaluate(
        config("console.log('begun'); await new Promise((r) => setTimeout(r, 60_000))", () => new Promise(() => {})),
      )
      await new Promise((resolve) => setTimeout(resolve, 20))
      await host.close()
      expect((await under).result.graph).toBeUndefined()
    })
  })

  describe(`${name}: functions`, () => {
    it('calls one with its context, and hands back plain data and what it logs', async () => {
      const { evaluate } = await start()
      const { functions, ...evaluation } = await evaluate(
        withFunction("ctx.log('for ' + ctx.resource); return { files: ctx.changedFiles, tag: ctx.env.TAG }", (ctx) => {
          ctx.log(`for ${ctx.resource}`)
          return { files: ctx.changedFiles, tag: ctx.env['TAG'] }
        }),
      )
      expect(evaluation.result.hasFunctions).toBe(true)
      const logged: string[] = []
      const context = { resource: 'a', env: { TAG: 'v1' }, dir: '/', inputs: {}, changedFiles: ['/x'] }
      const call = callOf(fnOfA({ functions, ...evaluation }).$fn, { context, onLog: (text) => void logged.push(text) })
      expect(await functions.call(call, never)).toEqual({ files: ['/x'], tag: 'v1' })
      expect(logged.join('')).toBe('for a\n')
    })

    it('calls one with plain data in place of its context', async () => {
      const { evaluate } = await start()
      const evaluation = await evaluate(
        config(
          "tiltts.k8sYaml({ apiVersion: 'v1', kind: 'A', metadata: { name: 'a' } }, { transform: (o) => (o.kind === 'A' ? null : o) })",
          (c) => {
            const transform = c.fn('k8s:transform', (objects: unknown) =>
              (objects as readonly { readonly kind: string }[]).map((o) => (o.kind === 'A' ? null : o)),
            )
            c.graph({
              kubernetes: {
                ...nothing,
                manifests: [{ sources: [], allowDuplicates: false, transform, place: undefined }],
              },
            })
          },
        ),
      )
      const transform = evaluation.result.graph?.kubernetes?.manifests[0]?.transform
      const objects = ['A', 'B'].map((kind) => ({ apiVersion: 'v1', kind, metadata: { name: 'x' } }))
      const call = callOf(transform?.$fn ?? '', { args: [objects] })
      expect(await evaluation.functions.call(call, never)).toEqual([null, objects[1]])
    })

    it('a throw rejects as an error of the user', async () => {
      const { evaluate } = await start()
      const evaluation = await evaluate(
        withFunction("throw new Error('broken')", () => {
          throw new Error('broken')
        }),
      )
      const error = await rejection(evaluation.functions.call(callOf(fnOfA(evaluation).$fn), never))
      expect(error.diagnostics).toMatchObject([{ code: 'function/threw', message: 'broken' }])
    })

    it('a call past its limit rejects, and the function is told', async () => {
      const { evaluate } = await start()
      const evaluation = await evaluate(
        withFunction(
          "ctx.signal.addEventListener('abort', () => ctx.log('told')); await new Promise((r) => setTimeout(r, 60_000).unref())",
          async (ctx) => {
            ctx.signal.addEventListener('abort', () => ctx.log('told'))
            await new Promise(() => {})
          },
        ),
      )
      const told = deferred<string>()
      const call = callOf(fnOfA(evaluation).$fn, { timeoutMs: 50, onLog: told.resolve })
      const error = await rejection(evaluation.functions.call(call, never))
      expect(error.diagnostics).toMatchObject([{ code: 'function/timeout' }])
      expect(error.diagnostics[0]?.message).toContain('50 ms')
      expect(await told.promise).toBe('told\n')
    })

    it('an aborted call rejects when the function has ended', async () => {
      const { evaluate } = await start()
      const evaluation = await evaluate(
        withFunction(
          "const told = new Promise((r) => ctx.signal.addEventListener('abort', r)); ctx.log('begun'); await told; ctx.log('cleaned up')",
          async (ctx) => {
            const told = new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
            ctx.log('begun')
            await told
            ctx.log('cleaned up')
          },
        ),
      )
      const abort = new AbortController()
      const logged: string[] = []
      const onLog = (text: string): void => {
        logged.push(text)
        if (text === 'begun\n') abort.abort()
      }
      const error = await rejection(evaluation.functions.call(callOf(fnOfA(evaluation).$fn, { onLog }), abort.signal))
      expect(error.message).toContain('stopped')
      expect(logged).toEqual(['begun\n', 'cleaned up\n'])
    })

    it('a function that blocks is ended with those beside it, and later calls work again', async () => {
      const { evaluate } = await start()
      const evaluation = await evaluate(
        config(
          `localResource('a', { cmd: async (ctx) => { if (ctx.changedFiles.length > 0) for (;;) {}; return 'well' } })
localResource('b', { cmd: async (ctx) => { await new Promise((r) => setTimeout(r, 60_000)) } })`,
          (c) => {
            c.local('a', { cmd: (ctx) => (ctx.changedFiles.length > 0 ? ctx.block() : 'well') })
            c.local('b', { cmd: () => new Promise(() => {}) })
          },
        ),
      )
      const { functions } = evaluation
      const blocking = { resource: 'a', env: {}, dir: '/', inputs: {}, changedFiles: ['/x'] }
      const beside = rejection(functions.call(callOf('local:b/cmd'), never))
      const error = await rejection(functions.call(callOf('local:a/cmd', { context: blocking }), never))
      expect(error.diagnostics).toMatchObject([{ code: 'function/blocked' }])
      expect((await beside).diagnostics).toHaveLength(1)
      expect(await functions.call(callOf('local:a/cmd'), never)).toBe('well')
    })

    it('release lets running calls end, and takes no more', async () => {
      const { evaluate } = await start()
      const evaluation = await evaluate(
        withFunction("ctx.log('begun'); await new Promise((r) => setTimeout(r, 100)); return 'done'", async (ctx) => {
          ctx.log('begun')
          await new Promise((resolve) => setTimeout(resolve, 100))
          return 'done'
        }),
      )
      const begun = deferred<string>()
      const { $fn } = fnOfA(evaluation)
      const running = evaluation.functions.call(callOf($fn, { onLog: begun.resolve }), never)
      await begun.promise
      const released = evaluation.functions.release()
      await rejection(evaluation.functions.call(callOf($fn), never))
      expect(await running).toBe('done')
      await released
    })

    it('an unchanged function keeps its hash, a changed one does not', async () => {
      const { evaluate, write } = await start()
      const path = await write(withFunction("return 'one'", () => 'one'))
      const hashes = [fnOfA(await evaluate(path)).hash, fnOfA(await evaluate(path)).hash]
      expect(hashes[1]).toBe(hashes[0])
      expect(fnOfA(await evaluate(withFunction("return 'two'", () => 'two'))).hash).not.toBe(hashes[0])
    })

    it('a server function runs as a process of its own until it is stopped', async () => {
      const { evaluate, processes } = await start()
      const evaluation = await evaluate(
        withFunction(
          "ctx.log('serving ' + ctx.env.COLOUR); await new Promise((r) => ctx.signal.addEventListener('abort', r)); ctx.log('bye')",
          async (ctx) => {
            ctx.log(`serving ${ctx.env['COLOUR']}`)
            await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
            ctx.log('bye')
          },
        ),
      )
      const context = { resource: 'a', env: { COLOUR: 'red' }, dir: '/', inputs: {}, changedFiles: [] }
      const argv = evaluation.functions.argv(fnOfA(evaluation).$fn, context)
      await evaluation.functions.release()
      const output: string[] = []
      const serving = deferred<void>()
      const env = { PATH: process.env['PATH'] ?? '', COLOUR: 'red' }
      const server = processes.spawn({
        argv,
        dir: '/',
        env,
        onOutput(text) {
          output.push(text)
          if (output.join('').includes('serving red')) serving.resolve()
        },
      })
      await Promise.race([serving.promise, server.exited])
      await server.stop(5_000)
      expect(output.join('')).toBe('serving red\nbye\n')
    })

    it('a server function that throws ends its process with 1', async () => {
      const { evaluate, processes } = await start()
      const evaluation = await evaluate(
        withFunction("throw new Error('no port left')", () => {
          throw new Error('no port left')
        }),
      )
      const argv = evaluation.functions.argv(fnOfA(evaluation).$fn, callOf('').context)
      const output: string[] = []
      const env = { PATH: process.env['PATH'] ?? '' }
      const server = processes.spawn({ argv, dir: '/', env, onOutput: (text) => void output.push(text) })
      expect((await server.exited).exitCode).toBe(1)
      expect(output.join('')).toContain('no port left')
    })
  })
}
