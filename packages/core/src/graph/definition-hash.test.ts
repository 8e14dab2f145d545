import type { LocalResourceNode, ProbeSpec, ServeSpec, StepSpec } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { canonical } from './definition-hash.js'
import { at, dependsOn, graphOf, linkGood, local, serveStep, step } from './graph.test.support.js'
import { hashText } from './hash.js'

const probe: ProbeSpec = {
  action: { kind: 'tcp', port: 80, host: 'localhost' },
  initialDelayMs: 0,
  periodMs: 10_000,
  timeoutMs: 1_000,
  successThreshold: 1,
  failureThreshold: 3,
}
const cmd = step('build', { env: { A: '1', B: '2' } })
const serve = serveStep('run', { env: { A: '1', B: '2' }, probe })
const before = local('api', { cmd, serve, place: at(1) })

/** Which parts of the definition count as changed. */
function changed(more: Partial<LocalResourceNode>, env: Readonly<Record<string, string>> = {}): readonly string[] {
  const hashes = (node: LocalResourceNode, all: Readonly<Record<string, string>>) => {
    const { resources } = linkGood(graphOf([node, local('db')], { env: all }))
    return [resources[0]?.spec.updateHash, resources[0]?.spec.serveHash]
  }
  const [update, server] = hashes(before, {})
  const [updateNow, serverNow] = hashes({ ...before, ...more }, env)
  return [...(update === updateNow ? [] : ['update']), ...(server === serverNow ? [] : ['serve'])]
}

const withCmd = (more: Partial<StepSpec>) => ({ cmd: { ...cmd, ...more } })
const withServe = (more: Partial<ServeSpec>) => ({ serve: { ...serve, ...more } })
const fn = (hash: string) => ({ fn: { $fn: 'local:api/cmd', hash }, display: 'build()' })

describe('the definition of a resource', () => {
  it('EVAL-16: changes with the command, its folder and its environment, each for its own part', () => {
    expect(changed(withCmd({ command: { argv: ['make'], display: 'make' } }))).toEqual(['update'])
    expect(changed(withCmd({ dir: '/other' }))).toEqual(['update'])
    expect(changed(withCmd({ env: { A: '1', B: '3' } }))).toEqual(['update'])
    expect(changed({ cmd: undefined })).toEqual(['update'])
    expect(changed(withServe({ command: { argv: ['node'], display: 'node' } }))).toEqual(['serve'])
    expect(changed(withServe({ dir: '/other' }))).toEqual(['serve'])
    expect(changed(withServe({ env: {} }))).toEqual(['serve'])
    expect(changed({ serve: undefined })).toEqual(['serve'])
  })

  it('EVAL-16: changes with the probe of a server', () => {
    expect(changed(withServe({ probe: { ...probe, periodMs: 5_000 } }))).toEqual(['serve'])
    expect(changed(withServe({ probe: undefined }))).toEqual(['serve'])
  })

  it('changes with the environment of the config, where the command does not set it', () => {
    expect(changed({}, { A: 'other' })).toEqual([])
    expect(changed({}, { C: 'new' })).toEqual(['update', 'serve'])
  })

  it('changes with a function exactly when its hash does', () => {
    const first = local('api', { cmd: step('', { command: fn('1') }) })
    const hash = (node: LocalResourceNode) => linkGood(graphOf([node])).resources[0]?.spec.updateHash
    expect(hash({ ...first, cmd: step('', { command: { ...fn('1'), display: 'other text' } }) })).toBe(hash(first))
    expect(hash({ ...first, cmd: step('', { command: fn('2') }) })).not.toBe(hash(first))
  })

  it('EVAL-17: does not change with labels, links, trigger mode, autoInit, dependencies, deps or ignores', () => {
    expect(changed({ labels: ['new'], links: [{ url: 'http://x' }] })).toEqual([])
    expect(changed({ triggerMode: 'manual', autoInit: false, readyTimeoutMs: 1 })).toEqual([])
    expect(changed({ dependencies: [dependsOn('db')], deps: ['/shop/src'], outputs: ['/shop/out'] })).toEqual([])
    expect(changed({ ignores: [{ basePath: '/shop', patterns: ['x'] }], place: at(99), onDown: step() })).toEqual([])
  })

  it('does not change with what concerns only how it is run from now on, or how it was written', () => {
    expect(changed({ allowParallel: true })).toEqual([])
    expect(changed(withServe({ restart: 'on-failure', stopGraceMs: 1 }))).toEqual([])
    expect(changed(withCmd({ env: { B: '2', A: '1' } }))).toEqual([])
    expect(changed(withCmd({ command: { argv: ['sh', '-c', 'build'], display: 'b' } }))).toEqual([])
  })
})

describe('hashText', () => {
  it.each([
    ['', '00000000000000000000000000000000'],
    ['The quick brown fox jumps over the lazy dog', '2f1583c3ecee2c675d7bf66ce5e91d2c'],
    ["I will not buy this tobacconist's, it is scratched.", '9b5b7ba2ef3f7866889adeaf00f3f98e'],
    ['hello, world', '8b21605cb9b98a1e93273a83eb5957c7'],
  ])('%j → %s, as published for MurmurHash3', (text, hash) => {
    expect(hashText(text)).toBe(hash)
  })

  it('gives 100,000 near texts as many hashes', () => {
    expect(new Set(Array.from({ length: 100_000 }, (_, i) => hashText(`resource-${i}`))).size).toBe(100_000)
  })
})

describe('canonical', () => {
  it('is one text for equal data and another for other data', () => {
    expect(canonical({ b: [1, undefined], a: { y: undefined, x: null } })).toBe('{"a":{"x":null},"b":[1,null]}')
    expect(canonical(undefined)).toBe('null')
    expect(canonical({ a: ['b,c'] })).not.toBe(canonical({ a: ['b', 'c'] }))
  })
})
