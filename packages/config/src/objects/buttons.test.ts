import { describe, expect, it } from 'vitest'
import { localResource } from '../local-resource.js'
import { evaluate } from '../testing/evaluate.js'
import { cmdButton } from './buttons.js'
import { boolInput, choiceInput, hiddenInput, textInput } from './inputs.js'

const anything = (value: unknown): never => value as never

describe('cmdButton', () => {
  it('EXT-60: makes a button and a command that its clicks start', async () => {
    const { graph, folder } = await evaluate(() => {
      const db = localResource('db', { cmd: 'true' })
      cmdButton('seed', {
        argv: ['make', 'seed'],
        resource: db,
        iconName: 'database',
        requiresConfirmation: true,
        env: { LEVEL: 3 },
        dir: 'data',
      })
      cmdButton('tests', { argv: ['make', 'test'], location: 'nav', text: 'Run tests' })
    })
    expect(JSON.parse(JSON.stringify(graph().objects))).toMatchObject([
      {
        kind: 'UIButton',
        name: 'seed',
        resource: { name: 'db' },
        spec: {
          location: { componentType: 'Resource', componentID: 'db' },
          text: 'seed',
          iconName: 'database',
          requiresConfirmation: true,
          inputs: [],
        },
        place: { line: expect.any(Number) },
      },
      {
        kind: 'Cmd',
        name: 'btn-seed',
        resource: { name: 'db' },
        spec: {
          args: ['make', 'seed'],
          dir: `${folder}/data`,
          env: ['LEVEL=3'],
          startOn: { uiButtons: ['seed'] },
        },
      },
      { kind: 'UIButton', name: 'tests', spec: { location: { componentType: 'Global', componentID: 'nav' } } },
      { kind: 'Cmd', name: 'btn-tests', spec: { dir: folder } },
    ])
    expect(graph().objects?.[2]).not.toHaveProperty('resource')
  })

  it('EXT-62: stands in the navigation bar, and logs to its resource, when both are said', async () => {
    const { graph } = await evaluate(() => {
      localResource('db', { cmd: 'true' })
      cmdButton('seed', { argv: ['x'], resource: 'db', location: 'nav' })
    })
    expect(graph().objects).toMatchObject([
      { resource: { name: 'db' }, spec: { location: { componentID: 'nav' } } },
      { kind: 'Cmd', resource: { name: 'db' } },
    ])
  })

  it('API-36: has the inputs that the API knows', async () => {
    const { graph } = await evaluate(() =>
      cmdButton('go', {
        argv: ['x'],
        location: 'nav',
        inputs: [
          textInput('who', { label: 'Who', default: 'me', placeholder: 'a name' }),
          boolInput('loud', { default: true, trueString: 'yes', falseString: 'no' }),
          choiceInput('size', ['small', 'large']),
          hiddenInput('kind', 'greeting'),
        ],
      }),
    )
    expect(JSON.parse(JSON.stringify(graph().objects?.[0]?.spec))).toMatchObject({
      inputs: [
        { name: 'who', label: 'Who', text: { defaultValue: 'me', placeholder: 'a name' } },
        { name: 'loud', bool: { defaultValue: true, trueString: 'yes', falseString: 'no' } },
        { name: 'size', choice: { choices: ['small', 'large'] } },
        { name: 'kind', hidden: { value: 'greeting' } },
      ],
    })
  })

  it('runs a function, which is kept under the name of the button', async () => {
    const run = (): void => {}
    const { graph, collector, result } = await evaluate(() => cmdButton('go', { run, location: 'nav' }))
    expect(graph().objects?.[1]?.spec).toMatchObject({
      args: ['run()'],
      function: { $fn: 'button:go/run', hash: expect.any(String) },
    })
    expect(collector.functionOf('button:go/run')).toBe(run)
    expect(result.hasFunctions).toBe(true)
  })

  it.each<[string, object, string]>([
    ['no place', { argv: ['x'] }, "cmdButton('go') has no place"],
    ['no command', { location: 'nav' }, "cmdButton('go') has neither argv nor run"],
    ['both commands', { location: 'nav', argv: ['x'], run: () => {} }, "cmdButton('go') has both argv and run"],
    [
      'an empty argv',
      { location: 'nav', argv: [] },
      '`argv` must be a list of strings, of which the first is not empty',
    ],
    ['a shell line', { location: 'nav', argv: 'make seed' }, '`argv` must be a list of strings'],
    ['an unknown place', { location: 'side', argv: ['x'] }, "`location` must be 'resource' or 'nav'"],
    ['no resource', { resource: 3, argv: ['x'] }, 'expected a resource or the name of one'],
    ['inputs that are none', { location: 'nav', argv: ['x'], inputs: ['who'] }, '`inputs` must be a list of inputs'],
  ])('EXT-62: complains of %s', async (_, options, message) => {
    const { errors } = await evaluate(() => cmdButton('go', anything(options)))
    expect(errors.map((error) => error.message)).toContainEqual(expect.stringContaining(message))
  })

  it('complains of a name that cannot be one', async () => {
    const { errors } = await evaluate(() => cmdButton('a/b', { argv: ['x'], location: 'nav' }))
    expect(errors[0]).toMatchObject({ code: 'config/invalid-name' })
  })
})
