import { createStore } from '@tiltts/core/store'
import type { DisableSource } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { disableMapIndex } from './disable-index.js'
import { disableSourceOf, switchState } from './switch-state.js'

const key = (resource: string) => ({ name: `${resource}-disable`, key: 'isDisabled' })
const shared: DisableSource = { everyConfigMap: [key('api'), key('worker')] }

/** What a source says when each switch is as given; one that is not given is not there. */
function stateOf(source: DisableSource | undefined, switches: Readonly<Record<string, boolean>>) {
  const store = createStore({ now: () => 0, uid: () => 'x' })
  store.update({ by: 'test' }, (tx) => {
    for (const [name, isDisabled] of Object.entries(switches))
      tx.put('ConfigMap', `${name}-disable`, { data: { isDisabled: String(isDisabled) } }, {})
  })
  return switchState(store, source)
}

describe('switchState', () => {
  it('DIS-04: what several resources share is off only when all of them are', () => {
    expect(stateOf(shared, { api: true, worker: true })).toBe('disabled')
    expect(stateOf(shared, { api: true, worker: false })).toBe('enabled')
    expect(stateOf(shared, { api: false, worker: false })).toBe('enabled')
  })

  it('is unknown until enough is known', () => {
    expect(stateOf(shared, { api: true })).toBe('unknown')
    expect(stateOf(shared, { worker: false })).toBe('enabled')
    expect(stateOf(disableSourceOf('api'), {})).toBe('unknown')
    expect(stateOf(undefined, {})).toBe('enabled')
  })
})

describe('disableMapIndex', () => {
  it('finds by each of the switches what depends on it, and forgets it when it no longer does', () => {
    const index = disableMapIndex()
    index.set('image:shop_api', shared)
    index.set('api', disableSourceOf('api'))
    expect([...index.of('api-disable')]).toEqual(['image:shop_api', 'api'])
    expect([...index.of('worker-disable')]).toEqual(['image:shop_api'])
    index.set('image:shop_api', disableSourceOf('worker'))
    expect([...index.of('api-disable')]).toEqual(['api'])
    index.set('image:shop_api', undefined)
    expect([...index.of('worker-disable')]).toEqual([])
  })
})
