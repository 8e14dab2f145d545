import { describe, expect, it } from 'vitest'
import { localResource } from './local-resource.js'
import { clearEnabledResources, setEnabledResources } from './selection.js'
import { evaluate } from './testing/evaluate.js'

describe('setEnabledResources', () => {
  const selectionOf = async (choose: () => void): Promise<unknown> => {
    const { graph } = await evaluate(() => {
      localResource('a', { cmd: 'true' })
      choose()
    })
    const { selection } = graph()
    return selection.kind === 'all' ? 'all' : selection.names.map((ref) => ref.name)
  }

  it('SEL-01: enables those named, all without a call, none after clearEnabledResources', async () => {
    expect(await selectionOf(() => undefined)).toBe('all')
    expect(await selectionOf(() => setEnabledResources(['a', false, localResource('b', { cmd: 'true' })]))).toEqual([
      'a',
      'b',
    ])
    expect(await selectionOf(() => clearEnabledResources())).toEqual([])
  })

  it('SEL-02: an empty list means none, and the last call wins', async () => {
    expect(await selectionOf(() => setEnabledResources([]))).toEqual([])
    const twice = (): void => {
      clearEnabledResources()
      setEnabledResources(['a'])
    }
    expect(await selectionOf(twice)).toEqual(['a'])
  })

  it('keeps the place of the call for names that turn out unknown', async () => {
    const { graph } = await evaluate(() => {
      localResource('a', { cmd: 'true' })
      setEnabledResources(['missing'])
    })
    expect(graph().selection).toMatchObject({ names: [{ name: 'missing', place: { line: expect.any(Number) } }] })
  })

  it('refuses what is no resource', async () => {
    const { errors } = await evaluate(() => setEnabledResources(['a', 5 as never]))
    expect(errors[0]?.message).toBe('setEnabledResources(): expected a resource or the name of one, got 5')
  })
})
