import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { after, ready, rerun } from './edges.js'
import { localResource } from './local-resource.js'
import { probe } from './probes.js'
import { link } from './resource-options.js'
import { resource } from './resource-ref.js'
import { triggerMode } from './settings.js'
import { evaluate } from './testing/evaluate.js'

/** What JavaScript can write, and TypeScript would refuse. */
const anything = (value: unknown): never => value as never

describe('localResource', () => {
  it('LR-01: takes every option, and leaves absent what is not given', async () => {
    const { resource, folder } = await evaluate(() => {
      localResource('bare', { cmd: 'true' })
      localResource('full', {
        cmd: 'make',
        serveCmd: ['./server', '--port', '80'],
        deps: ['./src', '/etc/hosts'],
        ignore: '*.tmp',
        env: { A: 1, B: true, C: undefined, D: 'x' },
        dir: './build',
        serveEnv: { PORT: 80 },
        serveDir: './run',
        readinessProbe: probe.tcp({ port: 80 }),
        resourceDeps: ['bare', after('bare')],
        triggerMode: 'manual',
        autoInit: false,
        allowParallel: true,
        labels: 'group',
        links: ['localhost:80', link('https://example.com/docs', 'Docs')],
        outputs: './out',
        onDown: 'make clean',
        readyTimeout: '2m',
        restart: 'on-failure',
        stopGrace: '3s',
      })
    })
    expect(resource('bare')).toMatchObject({
      kind: 'local',
      cmd: { command: { argv: ['sh', '-c', 'true'], display: 'true' }, dir: folder, env: {} },
      serve: undefined,
      deps: [],
      ignores: [],
      outputs: [],
      labels: [],
      links: [],
      dependencies: [],
      triggerMode: undefined,
      autoInit: true,
      allowParallel: false,
      readyTimeoutMs: undefined,
      onDown: undefined,
    })
    expect(resource('full')).toMatchObject({
      cmd: { dir: join(folder, 'build'), env: { A: '1', B: 'true', D: 'x' } },
      serve: {
        command: { argv: ['./server', '--port', '80'], display: './server --port 80' },
        dir: join(folder, 'run'),
        env: { PORT: '80' },
        probe: { action: { kind: 'tcp', port: 80 } },
        restart: 'on-failure',
        stopGraceMs: 3000,
      },
      deps: [join(folder, 'src'), '/etc/hosts'],
      outputs: [join(folder, 'out')],
      labels: ['group'],
      links: [{ url: 'http://localhost:80' }, { url: 'https://example.com/docs', name: 'Docs' }],
      triggerMode: 'manual',
      autoInit: false,
      allowParallel: true,
      readyTimeoutMs: 120_000,
      onDown: { command: { display: 'make clean' }, dir: join(folder, 'build'), env: { A: '1', B: 'true', D: 'x' } },
    })
    expect(Object.keys(resource('full').cmd?.env ?? {})).not.toContain('C')
  })

  it('LR-01: needs cmd or serveCmd', async () => {
    const { errors } = await evaluate(() => {
      localResource('a', {})
      localResource('b', anything(undefined))
      localResource('c', { cmd: undefined, deps: './src' })
    })
    expect(errors.map((error) => error.message)).toEqual([
      "localResource('a') has neither cmd nor serveCmd",
      "localResource('b') has neither cmd nor serveCmd",
      "localResource('c') has neither cmd nor serveCmd",
    ])
  })

  it('LR-02: runs a text through the shell of the system, trimmed, and a list as it is', async () => {
    const config = (): void => {
      localResource('text', { cmd: '\n  make all\n' })
      localResource('list', { cmd: ['make', 'all the', "it's"] })
      localResource('both', { cmd: { sh: './build.sh', bat: 'build.bat' } })
    }
    const posix = await evaluate(config)
    const windows = await evaluate(config, { platform: 'windows' })
    const argv = (from: typeof posix, name: string): unknown => from.resource(name).cmd?.command
    expect(argv(posix, 'text')).toEqual({ argv: ['sh', '-c', 'make all'], display: 'make all' })
    expect(argv(posix, 'list')).toEqual({
      argv: ['make', 'all the', "it's"],
      display: `make 'all the' 'it'\\''s'`,
    })
    expect(argv(posix, 'both')).toEqual({ argv: ['sh', '-c', './build.sh'], display: './build.sh' })
    expect(argv(windows, 'text')).toEqual({ argv: ['cmd', '/S', '/C', 'make all'], display: 'make all' })
    expect(argv(windows, 'both')).toEqual({ argv: ['cmd', '/S', '/C', 'build.bat'], display: 'build.bat' })
  })

  it('LR-02: refuses an empty command, and a variable without a name', async () => {
    const { errors } = await evaluate(() => {
      localResource('a', { cmd: '  ' })
      localResource('b', { cmd: [] })
      localResource('c', { cmd: 'true', env: { '': 'x' } })
    })
    expect(errors.map((error) => error.message)).toEqual([
      expect.stringContaining("localResource('a'): `cmd` must be a command"),
      expect.stringContaining("localResource('b'): `cmd` must be a command"),
      expect.stringContaining(
        "localResource('c'): `env` must be an object of names and values, none of the names empty",
      ),
    ])
  })

  it('LR-03: dir belongs to cmd, and serveDir to serveCmd', async () => {
    const { errors } = await evaluate(() => {
      localResource('a', { serveCmd: 'serve', dir: './x' })
      localResource('b', { cmd: 'true', serveDir: './x' })
      localResource('c', { serveCmd: 'serve', onDown: 'clean', dir: './x' })
    })
    expect(errors).toMatchObject([
      { message: "localResource('a') has dir, but no cmd", hint: 'The folder of serveCmd is serveDir' },
      { message: "localResource('b') has serveDir, but no serveCmd", hint: 'The folder of cmd is dir' },
    ])
  })

  it('LR-04: a probe without a server has no effect, and a warning says so', async () => {
    const { warnings, resource } = await evaluate(() => {
      localResource('a', { cmd: 'true', readinessProbe: probe.tcp({ port: 80 }) })
    })
    expect(warnings).toMatchObject([{ message: "localResource('a'): readinessProbe has no effect without serveCmd" }])
    expect(resource('a').serve).toBeUndefined()
  })

  it('warns of other options that have nothing to act on', async () => {
    const { warnings } = await evaluate(() => {
      localResource('a', { cmd: 'true', serveEnv: { A: 1 }, restart: 'on-failure', stopGrace: '1s' })
      localResource('b', { serveCmd: 'serve', env: { A: 1 }, outputs: './out' })
      localResource('c', { cmd: 'true', deps: 'src/**/*.ts' })
    })
    expect(warnings.map((warning) => warning.message)).toEqual([
      "localResource('a'): serveEnv has no effect without serveCmd",
      "localResource('a'): restart has no effect without serveCmd",
      "localResource('a'): stopGrace has no effect without serveCmd",
      "localResource('b'): env has no effect without cmd",
      "localResource('b'): outputs has no effect without cmd",
      "localResource('c'): deps are paths, so the * in 'src/**/*.ts' stands for itself",
    ])
  })

  it('LR-05: ignores what is left out relative to the config, and the git folder of each dep', async () => {
    const { resource, folder } = await evaluate(() => {
      localResource('a', { cmd: 'true', deps: ['./src', './missing'], ignore: ['*.log', false, '!keep.log'] })
    })
    expect(resource('a').deps).toEqual([join(folder, 'src'), join(folder, 'missing')])
    expect(resource('a').ignores).toEqual([
      { basePath: folder, patterns: ['*.log', '!keep.log'] },
      { basePath: join(folder, 'src'), patterns: ['.git', '**/.tiltts'] },
      { basePath: join(folder, 'missing'), patterns: ['.git', '**/.tiltts'] },
    ])
  })

  it('LR-06: a server alone may always start beside others', async () => {
    const { resource } = await evaluate(() => {
      localResource('server', { serveCmd: 'serve' })
      localResource('both', { cmd: 'true', serveCmd: 'serve' })
    })
    expect(resource('server').allowParallel).toBe(true)
    expect(resource('both').allowParallel).toBe(false)
  })

  it('keeps functions as steps, by ids made of the place in the graph', async () => {
    const cmd = async (): Promise<void> => undefined
    const { resource, collector, result } = await evaluate(() => {
      localResource('a', { cmd, serveCmd: () => undefined, onDown: function clean() {} })
    })
    expect(resource('a').cmd?.command).toEqual({
      fn: { $fn: 'local:a/cmd', hash: expect.any(String) },
      display: 'cmd()',
    })
    expect(resource('a').serve?.command).toMatchObject({ fn: { $fn: 'local:a/serve' }, display: 'serveCmd()' })
    expect(resource('a').onDown?.command).toMatchObject({ fn: { $fn: 'local:a/onDown' }, display: 'clean()' })
    expect(collector.functionOf('local:a/cmd')).toBe(cmd)
    expect(collector.functionOf({ $fn: 'local:a/cmd', hash: '' })).toBe(cmd)
    expect(result.hasFunctions).toBe(true)
  })

  it('leaves falsy entries out of lists, and takes undefined as absent', async () => {
    const { resource } = await evaluate(() => {
      localResource('a', {
        cmd: 'true',
        labels: [false, 'x', null, undefined],
        deps: [undefined],
        resourceDeps: [false, 'a2'],
        links: [null, 'localhost'],
        triggerMode: undefined,
        readyTimeout: undefined,
      })
    })
    expect(resource('a')).toMatchObject({
      labels: ['x'],
      deps: [],
      dependencies: [{ name: 'a2', edge: 'first' }],
      links: [{ url: 'http://localhost' }],
    })
  })

  it('takes what it waits for as handles or names, plain or as edges, with the place of the call', async () => {
    const { resource: node } = await evaluate(() => {
      const db = localResource('db', { serveCmd: 'db' })
      localResource('a', { cmd: 'true', resourceDeps: [db, 'x', after(db), ready('y'), rerun(resource('z'))] })
      localResource('b', { cmd: 'true', resourceDeps: db })
    })
    expect(node('a').dependencies.map(({ name, edge }) => [name, edge])).toEqual([
      ['db', 'first'],
      ['x', 'first'],
      ['db', 'after'],
      ['y', 'ready'],
      ['z', 'rerun'],
    ])
    expect(node('a').dependencies[0]?.place).toEqual(node('a').place)
    expect(node('a').place).toMatchObject({ file: expect.stringMatching(/local-resource\.test\.ts$/) })
    expect(node('b').dependencies).toMatchObject([{ name: 'db', edge: 'first' }])
  })

  it('refuses labels and links that cannot be any', async () => {
    const { errors } = await evaluate(() => {
      localResource('a', { cmd: 'true', labels: ['a/b', 'x'.repeat(64), '-x', 'ok_1.2'] })
      localResource('b', { cmd: 'true', links: [' ', 'http://[', 'fine:80'] })
    })
    expect(errors.map((error) => error.message)).toEqual([
      expect.stringContaining('"a/b" cannot be a label'),
      expect.stringContaining('cannot be a label'),
      expect.stringContaining('"-x" cannot be a label'),
      expect.stringContaining('" " cannot be a link'),
      expect.stringContaining('"http://[" cannot be a link'),
    ])
  })
})

describe('names of resources', () => {
  it('EVAL-22: are path segments', async () => {
    const { errors } = await evaluate(() => {
      for (const name of ['', '.', '..', 'a/b', 'a%b']) localResource(name, { cmd: 'true' })
      localResource(anything(7), { cmd: 'true' })
    })
    expect(errors.map((error) => error.code)).toEqual(Array(6).fill('config/invalid-name'))
    expect(errors[3]?.message).toContain('"a/b" cannot name a resource')
  })

  it('EVAL-23: are taken once; the error names the kind and shows both places', async () => {
    const { errors } = await evaluate(() => {
      localResource('a', { cmd: 'true' })
      localResource('a', { serveCmd: 'serve' })
    })
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({
      code: 'config/duplicate-resource',
      message: 'There is a local resource called `a` already',
    })
    const [second, first] = errors[0]?.places ?? []
    expect((second?.line ?? 0) - (first?.line ?? 0)).toBe(1)
  })
})

describe('options at run time', () => {
  it('EVAL-21: unknown and wrong ones are errors at the call, all of one evaluation at once', async () => {
    const { errors, result } = await evaluate(() => {
      localResource('a', anything({ comand: 'true' }))
      localResource('b', anything({ cmd: 5, deps: [1], triggerMode: 'off', readyTimeout: '5 minutes', autoInit: 'no' }))
      localResource('c', anything('make'))
      localResource('d', { cmd: 'true', readinessProbe: anything({}) })
    })
    expect(result.graph).toBeUndefined()
    expect(errors.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      ['config/unknown-option', "localResource('a') has no option `comand`", 'Did you mean `cmd`?'],
      ['config/invalid-option', "localResource('a') has neither cmd nor serveCmd", 'Give it one of them, or both'],
      ['config/invalid-option', expect.stringMatching(/`cmd` must be a command: .* but it is 5$/), undefined],
      [
        'config/invalid-option',
        expect.stringMatching(/`deps` must be a string or a list of strings, but it is \[ 1 \]$/),
        undefined,
      ],
      [
        'config/invalid-option',
        expect.stringMatching(/`triggerMode` must be 'auto' or 'manual', but it is "off"$/),
        undefined,
      ],
      ['config/invalid-option', expect.stringMatching(/`readyTimeout` must be a duration/), undefined],
      ['config/invalid-option', expect.stringMatching(/`autoInit` must be true or false, but it is "no"$/), undefined],
      ['config/invalid-option', `localResource('c'): expected an object of options, got "make"`, undefined],
      ['config/invalid-option', "localResource('c') has neither cmd nor serveCmd", 'Give it one of them, or both'],
      ['config/invalid-option', expect.stringMatching(/`readinessProbe` must be a probe/), undefined],
    ])
    const lines = errors.map((error) => error.places[0]?.line ?? 0)
    expect(lines).toEqual([...lines].sort((a, b) => a - b))
    expect(new Set(lines).size).toBe(4)
  })

  it('hands the linker what was declared, so that it can add what it has to say', async () => {
    const { result } = await evaluate(() => {
      localResource('good', { cmd: 'true', resourceDeps: 'missing' })
      localResource('bad', anything({ cmd: 'true', comand: 1 }))
    })
    expect(result.graph).toBeUndefined()
    expect(result.declared?.resources.map((node) => node.name)).toEqual(['good', 'bad'])
  })

  it('something else where a resource belongs is an error that names it', async () => {
    const { errors } = await evaluate(() => {
      localResource('a', { cmd: 'true', resourceDeps: anything([{ name: 'x' }, 5]) })
    })
    expect(errors.map((error) => error.message)).toEqual([
      expect.stringContaining("expected a resource or the name of one, got { name: 'x' }"),
      expect.stringContaining('expected a resource or the name of one, got 5'),
    ])
  })
})

describe('triggerMode', () => {
  it('mode and autoInit of a resource are told apart', async () => {
    const { resource } = await evaluate(() => {
      localResource('a', { cmd: 'true' })
      localResource('b', { cmd: 'true', autoInit: false })
      localResource('c', { cmd: 'true', triggerMode: 'manual' })
      localResource('d', { cmd: 'true', triggerMode: 'manual', autoInit: false })
    })
    const both = (name: string): unknown => [resource(name).triggerMode, resource(name).autoInit]
    expect(['a', 'b', 'c', 'd'].map(both)).toEqual([
      [undefined, true],
      [undefined, false],
      ['manual', true],
      ['manual', false],
    ])
  })

  it('sets the mode of all that name none, also of those declared before', async () => {
    const { graph, resource } = await evaluate(() => {
      localResource('before', { cmd: 'true' })
      triggerMode('manual')
      localResource('own', { cmd: 'true', triggerMode: 'auto' })
    })
    expect(graph().settings.triggerMode).toBe('manual')
    expect(resource('before').triggerMode).toBeUndefined()
    expect(resource('own').triggerMode).toBe('auto')
  })

  it('TRG-02: can be called once', async () => {
    const { errors } = await evaluate(() => {
      localResource('a', { cmd: 'true' })
      triggerMode('manual')
      triggerMode('manual')
      triggerMode(anything('sometimes'))
    })
    expect(errors.map((error) => error.message)).toEqual([
      'triggerMode() was called before',
      expect.stringContaining(`triggerMode(): expected 'auto' or 'manual', got "sometimes"`),
    ])
    const [second, first] = errors[0]?.places ?? []
    expect((second?.line ?? 0) - (first?.line ?? 0)).toBe(1)
  })
})
