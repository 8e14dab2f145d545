import { describe, expect, it } from 'vitest'
import { containerPortOf, forwardPod } from './forward-pod.js'
import { applied, ownedPod } from './pods.test.support.js'
import { podsOfResource } from './pods-of-resource.js'

const all = { strategy: 'default', extraSelectors: [] } as const
const names = (pods: readonly { readonly name: string }[]): readonly string[] => pods.map(({ name }) => name)

describe('the pods of a resource', () => {
  it('DISC-01: are those whose owners, however far up, were applied for it, newest first', () => {
    const pods = [
      ownedPod('old', 'web', { set: 's' }),
      ownedPod('new', 'web', { set: 's', at: '2026-01-02T00:00:00Z' }),
      ownedPod('other', 'api'),
    ]
    expect(names(podsOfResource(pods, [applied('web')], all))).toEqual(['new', 'old'])
    expect(names(podsOfResource(pods, [applied('uid-other')], all))).toEqual(['other'])
  })

  it('DISC-01: a selector names further ones; with selectors only, owners do not count', () => {
    const pods = [ownedPod('a', 'web'), ownedPod('b', 'operator', { labels: { app: 'web', tier: 'x' } })]
    const extraSelectors = [{ app: 'web', tier: 'x' }, { app: 'nobody' }]
    expect(names(podsOfResource(pods, [applied('web')], { strategy: 'default', extraSelectors }))).toEqual(['b', 'a'])
    expect(names(podsOfResource(pods, [applied('web')], { strategy: 'selectors-only', extraSelectors }))).toEqual(['b'])
    expect(podsOfResource(pods, [], { strategy: 'default', extraSelectors: [{ app: 'web', tier: 'y' }, {}] })).toEqual(
      [],
    )
  })

  it('DISC-02: without those of an older template, of an older ReplicaSet, or of an object that was made anew', () => {
    const pods = [
      ownedPod('a', 'web', { set: 'first', hash: 'x' }),
      ownedPod('b', 'web', { set: 'second', hash: 'y', at: '2026-01-02T00:00:00Z' }),
      ownedPod('c', 'web-of-yesterday', { hash: 'y' }),
    ]
    expect(names(podsOfResource(pods, [applied('web', ['y'])], all))).toEqual(['b'])
    expect(names(podsOfResource(pods, [applied('web', ['x', 'y'])], all))).toEqual(['b'])
    expect(names(podsOfResource([ownedPod('plain', 'web')], [applied('web', ['y'])], all))).toEqual(['plain'])
  })
})

describe('the pod that a port leads to', () => {
  const pod = ownedPod('a', 'web')

  it('PF-01: is ready before it merely runs, stays before it goes away, and is the newest of these', () => {
    const newer = { ...ownedPod('b', 'web', { at: '2026-01-02T00:00:00Z' }), ready: false }
    const readyOne = { ...pod, ready: true }
    const leaving = { ...ownedPod('c', 'web', { at: '2026-01-03T00:00:00Z' }), deleting: true, ready: true }
    const pending = { ...ownedPod('d', 'web', { at: '2026-01-04T00:00:00Z' }), phase: 'Pending' as const }
    expect(forwardPod([newer, readyOne, leaving, pending])?.name).toBe('a')
    expect(forwardPod([pod, newer, leaving, pending])?.name).toBe('b')
    expect(forwardPod([leaving, pending])?.name).toBe('c')
    expect(forwardPod([pending])).toBeUndefined()
  })

  it('PF-06: a port that was not named is the declared one of the same number, else the first declared, else the same', () => {
    expect(containerPortOf({ localPort: 9000, containerPort: 80 }, pod)).toBe(80)
    expect(containerPortOf({ localPort: 8080 }, pod)).toBe(8080)
    expect(containerPortOf({ localPort: 9000 }, pod)).toBe(8080)
    expect(containerPortOf({ localPort: 9000 }, { ...pod, containers: [] })).toBe(9000)
  })
})
