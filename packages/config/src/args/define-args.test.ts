import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { localResource } from '../local-resource.js'
import { type Evaluated, type EvaluateOptions, evaluate } from '../testing/evaluate.js'
import { arg } from './arg.js'
import { defineArgs } from './define-args.js'

const anything = (value: unknown): never => value as never

/** Evaluates with one resource, so that there is a graph. */
async function evaluateArgs<T>(
  define: () => T,
  options: EvaluateOptions = {},
): Promise<Evaluated & { readonly values: T | undefined }> {
  let values: T | undefined
  const evaluated = await evaluate(() => {
    localResource('a', { cmd: 'true' })
    values = define()
  }, options)
  return { ...evaluated, values }
}

const every = () =>
  defineArgs({
    text: arg.string(),
    count: arg.number({ default: 1 }),
    wait: arg.duration({ default: '5s' }),
    dry: arg.boolean(),
    tags: arg.stringList(),
    toRun: arg.resources(),
    profile: arg.choice(['minimal', 'full'], { default: 'minimal' }),
    map: arg.object<{ readonly a: number }>(),
  })

const file = (data: unknown): EvaluateOptions => ({ files: { 'tilt_config.json': JSON.stringify(data, null, 2) } })

describe('defineArgs', () => {
  it('has a default for each type when nothing is given', async () => {
    const { values } = await evaluateArgs(every)
    expect(values).toEqual({
      text: undefined,
      count: 1,
      wait: '5s',
      dry: false,
      tags: [],
      toRun: [],
      profile: 'minimal',
      map: undefined,
    })
  })

  it('takes every type from the command line', async () => {
    const args = ['--text', 'x', '--count=2.5', '--wait', '1m', '--dry', '--tags', 'a', '--tags', 'b']
    const { values, errors } = await evaluateArgs(every, {
      args: [...args, '--to-run=api', '--profile', 'full', '--map', '{"a":1}'],
    })
    expect(errors).toEqual([])
    expect(values).toEqual({
      text: 'x',
      count: 2.5,
      wait: '1m',
      dry: true,
      tags: ['a', 'b'],
      toRun: ['api'],
      profile: 'full',
      map: { a: 1 },
    })
  })

  it('ARG-03: reads tilt_config.json beside the main config, where the command line wins key by key', async () => {
    const { values } = await evaluateArgs(every, {
      ...file({ text: 'file', 'to-run': ['api'], tags: ['x', 'y'], count: 7, map: { a: 2 } }),
      args: ['--tags', 'z', '--count=8'],
    })
    expect(values).toMatchObject({ text: 'file', toRun: ['api'], tags: ['z'], count: 8, map: { a: 2 } })
  })

  it('ARG-03: watches tilt_config.json also when there is none', async () => {
    const { result, folder } = await evaluateArgs(every)
    expect(result.reads).toContainEqual({ path: join(folder, 'tilt_config.json'), kind: 'file' })
  })

  it('takes toRun, to-run and to_run in the file as one argument, once', async () => {
    for (const key of ['toRun', 'to-run', 'to_run']) {
      const { values } = await evaluateArgs(every, file({ [key]: ['api'] }))
      expect(values?.toRun).toEqual(['api'])
    }
    const { errors } = await evaluateArgs(every, file({ toRun: ['api'], to_run: ['web'] }))
    expect(errors[0]).toMatchObject({
      code: 'args/duplicate',
      message: 'tilt_config.json sets one argument twice: as `toRun` and as `to_run`',
    })
  })

  it('ARG-01: refuses bad and repeated names, and a second positional', async () => {
    const { errors } = await evaluateArgs(() => {
      defineArgs({ '': arg.string(), '1x': arg.string() })
      defineArgs({ name: arg.string(), to_run: arg.stringList({ positional: true }) })
      defineArgs({ name: arg.number() })
      defineArgs({ toRun: arg.stringList(), more: arg.stringList({ positional: true }) })
      defineArgs({ plain: anything('text') })
    })
    expect(errors.map((error) => [error.code, error.message])).toEqual([
      ['config/invalid-name', 'defineArgs(): "" cannot name an argument'],
      ['config/invalid-name', 'defineArgs(): "1x" cannot name an argument'],
      ['args/duplicate', 'The argument `name` is defined already'],
      ['args/duplicate', 'The argument `toRun` is defined already, as `to_run`'],
      ['args/duplicate', '`more` and `to_run` are both positional, and one argument can take the plain words'],
      ['config/invalid-option', 'defineArgs(): `plain` must be an argument, but it is "text"'],
    ])
    const [second, first] = errors[2]?.places ?? []
    expect((second?.line ?? 0) - (first?.line ?? 0)).toBe(1)
  })

  it('ARG-01: refuses the same within one call', async () => {
    const { errors } = await evaluateArgs(() =>
      defineArgs({
        toRun: arg.stringList({ positional: true }),
        to_run: arg.string(),
        b: arg.string({ positional: true }),
      }),
    )
    expect(errors.map((error) => error.code)).toEqual(['args/duplicate', 'args/duplicate'])
  })

  it('ARG-02: may be called several times, with typed values and defaults from each', async () => {
    const { values, errors, graph } = await evaluateArgs(
      () => ({ ...defineArgs({ a: arg.number({ default: 1 }) }), ...defineArgs({ b: arg.string() }) }),
      { args: ['--b', 'x'] },
    )
    expect(errors).toEqual([])
    expect(values).toEqual({ a: 1, b: 'x' })
    expect(graph().args).toMatchObject([
      { name: 'a', type: 'number', value: 1, positional: false, place: { line: expect.any(Number) } },
      { name: 'b', type: 'string', value: 'x' },
    ])
  })

  it('says so when a later call changes what the words mean to an earlier one', async () => {
    const define = (): unknown => [
      defineArgs({ toRun: arg.stringList({ positional: true }) }),
      defineArgs({ dry: arg.boolean() }),
    ]
    const { errors } = await evaluateArgs(define, { args: ['--dry', 'api'] })
    expect(errors).toMatchObject([{ code: 'args/invalid-value', hint: expect.stringContaining('--name=value') }])
    const clear = await evaluateArgs(define, { args: ['--dry=true', 'api'] })
    expect(clear.errors).toEqual([])
  })

  it('ARG-04: refuses a single value that is given twice, and a flag without a value', async () => {
    const { errors } = await evaluateArgs(every, {
      args: ['--text', 'a', '--text', 'b', '--dry', '--dry=false', '--count', '--map=1', '--map=2'],
    })
    expect(errors.map((error) => error.message)).toEqual([
      '--text takes one value, and it was given 2: a, b',
      '--count needs a value: a number',
      '--dry takes one value, and it was given 2: true, false',
      '--map takes one value, and it was given 2: 1, 2',
    ])
  })

  it('ARG-05: judges unknown flags at the end, with a suggestion or the usage', async () => {
    const define = (): void => {
      defineArgs({ profile: arg.choice(['a', 'b'], { description: 'what to run' }) })
      defineArgs({ dryRun: arg.boolean() })
    }
    const { errors } = await evaluateArgs(define, { args: ['--profil=a', '--dry-run', '--zzz=1'] })
    expect(errors).toMatchObject([
      { code: 'args/unknown', message: 'No argument is called --profil', hint: 'Did you mean --profile?' },
      {
        code: 'args/unknown',
        message: 'No argument is called --zzz',
        hint: 'The config takes:\n  --profile <one of a, b>  what to run\n  --dry-run',
      },
    ])
  })

  it('ARG-05: refuses values that do not fit, and goes on with the default', async () => {
    const { errors, values } = await evaluateArgs(every, {
      args: ['--count=x', '--dry=maybe', '--wait=soon', '--profile=huge', '--map={'],
    })
    expect(values).toMatchObject({ count: 1, dry: false, wait: '5s', profile: 'minimal' })
    expect(errors.map((error) => [error.code, error.message])).toEqual([
      ['args/invalid-value', "--count must be a number, but it is 'x'"],
      ['args/invalid-value', `--wait must be a duration such as '90s' or '1h30m', but it is "soon"`],
      ['args/invalid-value', "--dry must be true or false, but it is 'maybe'"],
      ['args/invalid-value', '--profile must be one of minimal, full, but it is "huge"'],
      ['args/invalid-value', expect.stringMatching(/^--map must be JSON, but it is '\{': /)],
    ])
  })

  it('ARG-06: refuses unknown keys and wrong types in the file, at their line', async () => {
    const { errors, folder } = await evaluateArgs(every, file({ txt: 'x', count: '7', tags: 'a', profile: 'huge' }))
    expect(errors.map(({ code, message, hint, places }) => [code, message, hint, places[0]?.line])).toEqual([
      ['args/unknown', 'tilt_config.json: no argument is called `txt`', 'Did you mean `text`?', 2],
      ['args/invalid-value', 'tilt_config.json: `count` must be a number, but it is "7"', undefined, 3],
      ['args/invalid-value', 'tilt_config.json: `tags` must be a list of texts, but it is "a"', undefined, 4],
      [
        'args/invalid-value',
        'tilt_config.json: `profile` must be one of minimal, full, but it is "huge"',
        undefined,
        5,
      ],
    ])
    expect(errors[0]?.places[0]).toEqual({
      file: join(folder, 'tilt_config.json'),
      line: 2,
      column: 3,
      excerpt: { firstLine: 1, lines: ['{', '  "txt": "x",', '  "count": "7",', '  "tags": "a",'] },
    })
  })

  it('ARG-06: refuses a file that is not JSON, or no object, and takes null as left out', async () => {
    const broken = await evaluateArgs(every, { files: { 'tilt_config.json': '{\n  "text": "x",\n}' } })
    expect(broken.errors[0]?.code).toBe('config/read-failed')
    expect(broken.errors[0]?.places[0]).toMatchObject({ line: 3, column: 1 })
    const list = await evaluateArgs(every, file([1]))
    expect(list.errors[0]?.message).toContain('must hold an object of arguments')
    const empty = await evaluateArgs(every, file({ text: null, tags: null, count: null }))
    expect(empty.errors).toEqual([])
    expect(empty.values).toMatchObject({ text: undefined, tags: [], count: 1 })
  })

  it('takes the keys of an object as choices, and checks defaults and options at run time', async () => {
    const { values } = await evaluateArgs(() => defineArgs({ p: arg.choice({ small: 1, big: 2 }) }), {
      args: ['--p=big'],
    })
    expect(values).toEqual({ p: 'big' })
    const { errors } = await evaluateArgs(() =>
      defineArgs({
        a: arg.choice(['x'], { default: anything('y') }),
        b: arg.number({ default: anything('1') }),
        c: arg.string(anything({ dflt: 'x' })),
        d: arg.choice(anything([])),
      }),
    )
    expect(errors.map((error) => error.message)).toEqual([
      'arg.choice(): `default` must be one of x, but it is "y"',
      'arg.number(): `default` must be a finite number, but it is "1"',
      'arg.string() has no option `dflt`',
      'arg.choice(): expected texts to choose from, got []',
    ])
  })

  it('leaves unknown flags unjudged when the evaluation stopped before its end', async () => {
    const { errors } = await evaluateArgs(
      () => {
        throw new Error('early')
      },
      { args: ['--later', 'x'] },
    )
    expect(errors.map((error) => error.code)).toEqual(['config/threw'])
  })
})

describe('plain words', () => {
  it('SEL-01: are left to name resources when no argument takes them', async () => {
    const none = await evaluateArgs(() => undefined, { args: ['api', 'web'] })
    expect(none.graph()).toMatchObject({ selection: { kind: 'all' }, positionals: ['api', 'web'] })
    const flags = await evaluateArgs(() => defineArgs({ dry: arg.boolean() }), { args: ['api', '--dry', 'web'] })
    expect(flags.graph().positionals).toEqual(['api', 'web'])
    const taken = await evaluateArgs(() => defineArgs({ toRun: arg.stringList({ positional: true }) }), {
      args: ['api'],
    })
    expect(taken.graph().positionals).toEqual([])
  })

  it('ARG-05: flags among them are unknown also when the config defines none', async () => {
    const { errors } = await evaluateArgs(() => undefined, { args: ['--fast'] })
    expect(errors).toMatchObject([
      {
        code: 'args/unknown',
        message: 'No argument is called --fast',
        hint: expect.stringContaining('defines no arguments'),
      },
    ])
  })
})
