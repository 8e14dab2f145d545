import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiCall, apiObject } from '../support/api-object.js'
import { type SharedSession, sharedSession } from '../support/shared-session.js'

const config = `import { boolInput, choiceInput, cmdButton, hiddenInput, localResource, textInput, v1alpha1 } from 'tiltts'

localResource('api', { serveCmd: 'echo api serves; exec sleep 1000' })
cmdButton('greet', {
  resource: 'api',
  argv: ['sh', '-c', 'echo "<$GREETING $WHO, $TONE $SIZE from $FROM>"'],
  env: { FROM: 'here' },
  inputs: [
    textInput('WHO', { default: 'nobody' }),
    boolInput('TONE', { trueString: 'loud', falseString: 'quiet' }),
    choiceInput('SIZE', ['small', 'large']),
    hiddenInput('GREETING', 'hello'),
  ],
})
cmdButton('count', {
  location: 'nav',
  inputs: [textInput('to', { default: '3' })],
  run: ({ inputs, log }) => log('counted to ' + inputs.to),
})
v1alpha1.uiButton({ name: 'again', location: { componentType: 'Global', componentID: 'nav' }, text: 'Again' })
v1alpha1.fileWatch({ name: 'notes', watchedPaths: ['notes'] })
v1alpha1.cmd({
  name: 'reader',
  args: ['sh', '-c', 'echo "notes: $(cat notes/a 2>/dev/null)"'],
  restartOn: { fileWatches: ['notes'], uiButtons: ['again'] },
})
`
const withoutThem = `import { localResource } from 'tiltts'
localResource('api', { serveCmd: 'echo api serves; exec sleep 1000' })
`

describe('buttons and objects of a config', () => {
  let session: SharedSession

  beforeAll(async () => {
    session = await sharedSession({ 'tilt.config.ts': config }, /api serves/)
  }, 30_000)
  afterAll(() => session.end())

  /** A click as browsers send it: the whole object with another status. */
  async function click(name: string, inputs: readonly object[] = []): Promise<void> {
    const lastClickedAt = new Date().toISOString().replace('Z', '000Z')
    const button = await apiObject(session, `uibuttons/${name}`)
    await apiCall(session, 'PUT', `uibuttons/${name}/status`, { ...button, status: { lastClickedAt, inputs } })
  }
  const log = async (name: string): Promise<string> => (await session.run('logs', name)).stdout
  const logs = (name: string, text: string): Promise<void> =>
    session.until(async () => (await log(name)).includes(text))
  const stateOf = async (name: string): Promise<unknown> => (await apiObject(session, `cmds/${name}`))['status']

  it('OBJ-02, EXT-60, EXT-62, API-37, API-38: a click runs the command with its inputs, in the log of its resource', async () => {
    expect(await stateOf('btn-greet')).toMatchObject({ waiting: { reason: expect.any(String) } })
    await click('greet')
    await logs('api', '<hello nobody, quiet small from here>')
    await click('greet', [
      { name: 'WHO', text: { value: 'you' } },
      { name: 'TONE', bool: { value: true } },
      { name: 'SIZE', choice: { value: 'large' } },
    ])
    await logs('api', '<hello you, loud large from here>')
    await session.until(async () => ((await stateOf('btn-greet')) as { terminated?: object }).terminated !== undefined)
  })

  it('OBJ-02: a click runs a function of the config with its inputs; in the navigation bar its log is that of the config', async () => {
    await click('count', [{ name: 'to', text: { value: '7' } }])
    await logs('(Tiltfile)', 'counted to 7')
  })

  it('OBJ-01, API-44: a command of the config runs, and again at each change of its watch and each click', async () => {
    session.project.write('notes/a', 'first')
    await logs('(Tiltfile)', 'notes: first')
    session.project.write('notes/a', 'second')
    await logs('(Tiltfile)', 'notes: second')
    const runs = async (): Promise<number> => (await log('(Tiltfile)')).split('notes: second').length - 1
    const before = await runs()
    await click('again')
    await session.until(async () => (await runs()) > before)
  })

  it('BTN-01, API-39: the button of a resource disables and enables it', async () => {
    const state = async (): Promise<unknown> =>
      ((await apiObject(session, 'uiresources/api'))['status'] as { disableStatus: { state: string } }).disableStatus
        .state
    await click('toggle-api-disable', [{ name: 'action', hidden: { value: 'on' } }])
    await session.until(async () => (await state()) === 'Disabled')
    expect(await apiObject(session, 'configmaps/api-disable')).toMatchObject({ data: { isDisabled: 'true' } })
    await click('toggle-api-disable', [{ name: 'action', hidden: { value: 'off' } }])
    await session.until(async () => (await state()) === 'Enabled')
  })

  it('OBJ-03, API-19: a reload without them removes them; what a client made stays', async () => {
    const foreign = { kind: 'ConfigMap', metadata: { name: 'foreign' }, data: { a: '1' } }
    await apiCall(session, 'POST', 'configmaps', foreign)
    session.project.write('tilt.config.ts', withoutThem)
    const left = async (plural: string): Promise<readonly string[]> => {
      const { items } = (await apiObject(session, plural)) as unknown as { items: { metadata: { name: string } }[] }
      return items.map(({ metadata }) => metadata.name).toSorted()
    }
    await session.until(async () => !(await left('uibuttons')).includes('greet'))
    expect(await left('uibuttons')).toEqual(['(Tiltfile)-stopbuild', 'api-stopbuild', 'toggle-api-disable'])
    expect(await left('cmds')).toEqual(['api:serve'])
    expect(await left('configmaps')).toEqual(['api-disable', 'foreign'])
  })
})
