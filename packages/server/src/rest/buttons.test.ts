import { beforeEach, describe, expect, it } from 'vitest'
import { group, type Reply, type TestServer, testServer } from '../testing/test-server.js'

let api: TestServer
const buttons = `${group}/uibuttons`

beforeEach(async () => {
  api = await testServer()
})

const location = { componentType: 'Resource', componentID: 'web' }
const inputs = [
  { name: 'who', label: 'Who', text: { defaultValue: 'me', placeholder: 'a name' } },
  { name: 'loud', bool: { defaultValue: true, trueString: 'yes', falseString: 'no' } },
  { name: 'size', choice: { choices: ['small', 'large'] } },
  { name: 'kind', hidden: { value: 'greeting' } },
]

const button = (spec: object): object => ({
  apiVersion: 'tilt.dev/v1alpha1',
  kind: 'UIButton',
  metadata: { name: 'greet' },
  spec,
})

async function faults(kind: 'uibuttons' | 'togglebuttons', body: object): Promise<readonly string[]> {
  const reply = await api.call('POST', `${group}/${kind}`, body)
  const { details } = reply.body as { details?: { causes?: readonly { field: string; reason: string }[] } }
  return (details?.causes ?? []).map(({ field, reason }) => `${field} ${reason}`)
}

describe('buttons', () => {
  it('API-35, API-36: keep place, look and inputs as a client wrote them', async () => {
    const spec = {
      location,
      text: 'Greet',
      iconName: 'waving_hand',
      disabled: false,
      requiresConfirmation: true,
      inputs,
    }
    expect(await api.call('POST', buttons, button(spec))).toMatchObject({ status: 201, body: { spec } })
    expect(await api.call('GET', `${buttons}/greet`)).toMatchObject({ body: { spec, status: {} } })
  })

  it('API-35: need a place and a text; an SVG must be one; Global and Resource may be written in any case', async () => {
    const bad = { location: { componentType: 'Window', componentID: '' }, text: '', iconSVG: 'circle' }
    expect(await faults('uibuttons', button(bad))).toEqual([
      'spec.location.componentType FieldValueInvalid',
      'spec.location.componentID FieldValueRequired',
      'spec.text FieldValueRequired',
      'spec.iconSVG FieldValueInvalid',
    ])
    expect(await faults('uibuttons', button({ text: 'Greet' }))).toEqual(['spec.location FieldValueRequired'])
    const spec = { location: { componentType: 'gLOBAL', componentID: 'nav' }, text: 'Greet', iconSVG: '<svg/>' }
    expect(await api.call('POST', buttons, button(spec))).toMatchObject({ status: 201 })
  })

  it('API-36: inputs have names of their own and exactly one content', async () => {
    const bad = [
      { name: '', text: {} },
      { name: 'a', text: {}, bool: {} },
      { name: 'a', hidden: { value: 'x' } },
      { name: 'b' },
      { name: 'c', choice: { choices: [] } },
    ]
    expect(await faults('uibuttons', button({ location, text: 'Greet', inputs: bad }))).toEqual([
      'spec.inputs[0].name FieldValueRequired',
      'spec.inputs[1] FieldValueInvalid',
      'spec.inputs[2].name FieldValueDuplicate',
      'spec.inputs[3] FieldValueInvalid',
      'spec.inputs[4].choice.choices FieldValueRequired',
    ])
  })

  it('API-37: tell the identity of their spec, which no click changes', async () => {
    const hash = async (): Promise<unknown> =>
      ((await api.call('GET', `${buttons}/greet`)).body as { metadata: { annotations: Record<string, string> } })
        .metadata.annotations['uibuttonspec-hash']
    await api.call('POST', buttons, button({ location, text: 'Greet' }))
    const first = await hash()
    expect(first).toEqual(expect.any(String))
    const merge = { 'content-type': 'application/merge-patch+json' }
    await api.call(
      'PATCH',
      `${buttons}/greet/status`,
      { status: { lastClickedAt: '2026-01-02T03:04:05.000000Z' } },
      merge,
    )
    expect(await hash()).toBe(first)
    await api.call('PATCH', `${buttons}/greet`, { spec: { text: 'Hail' } }, merge)
    expect(await hash()).not.toBe(first)
  })

  it('API-37: a click is a PUT of the whole object to its status; one with a stale resourceVersion is a conflict', async () => {
    await api.call('POST', buttons, button({ location, text: 'Greet', inputs }))
    const { body } = await api.call('GET', `${buttons}/greet`)
    const clicked = {
      ...(body as object),
      status: {
        lastClickedAt: '2026-01-02T03:04:05.000000Z',
        inputs: [
          { name: 'who', text: { value: 'you' } },
          { name: 'loud', bool: { value: false } },
          { name: 'size', choice: { value: 'large' } },
          { name: 'kind', hidden: { value: 'greeting' } },
        ],
      },
    }
    const click = (): Promise<Reply> => api.call('PUT', `${buttons}/greet/status`, clicked)
    expect(await click()).toMatchObject({ status: 200, body: { status: clicked.status } })
    expect(api.store.get('UIButton', 'greet')?.status).toEqual(clicked.status)
    expect(await click()).toMatchObject({ status: 409, body: { reason: 'Conflict' } })
  })
})

describe('toggles', () => {
  const toggle = (spec: object): object => ({ kind: 'ToggleButton', metadata: { name: 'light' }, spec })
  const configMap = { name: 'light', key: 'lit', onValue: 'true', offValue: 'false' }
  const good = {
    location,
    on: { text: 'Put out' },
    off: { text: 'Light' },
    defaultOn: true,
    stateSource: { configMap },
  }

  it('API-39: have a look for each state and a ConfigMap that says which it is', async () => {
    expect(await api.call('POST', `${group}/togglebuttons`, toggle(good))).toMatchObject({
      status: 201,
      body: { spec: good },
    })
    const bad = { ...good, on: { text: '' }, stateSource: {} }
    expect(await faults('togglebuttons', { ...toggle(bad), metadata: { name: 'other' } })).toEqual([
      'spec.on.text FieldValueRequired',
      'spec.stateSource.configMap FieldValueRequired',
    ])
  })
})
