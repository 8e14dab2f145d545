import { describe, expect, it } from 'vitest'
import { readTargets } from './targets.js'

const read = (...words: string[]): readonly string[] =>
  readTargets(words).targets.map(({ info, name }) => `${info.kind}${name === undefined ? '' : `:${name}`}`)

describe('what a command is about', () => {
  it.each([
    [['uiresources'], ['UIResource']],
    [
      ['uiresource', 'a', 'b'],
      ['UIResource:a', 'UIResource:b'],
    ],
    [
      ['UIResource/a', 'cmd/a:update'],
      ['UIResource:a', 'Cmd:a:update'],
    ],
    [['fw,cm'], ['FileWatch', 'ConfigMap']],
    [['uiresources.tilt.dev', '(Tiltfile)'], ['UIResource:(Tiltfile)']],
    [['uiresource.v1alpha1.tilt.dev'], ['UIResource']],
    [['filewatch/configs:(Tiltfile)/x'], ['FileWatch:configs:(Tiltfile)/x']],
  ])('CLI-47: %j', (words, targets) => expect(read(...words)).toEqual(targets))

  it('CLI-50: is one object when one was named', () => {
    expect(readTargets(['uiresource', 'a']).single).toBe(true)
    expect(readTargets(['uiresource/a']).single).toBe(true)
    expect(readTargets(['uiresource', 'a', 'b']).single).toBe(false)
    expect(readTargets(['uiresources']).single).toBe(false)
  })

  it.each([
    [[], 'You must specify the type'],
    [['pods'], 'resource type "pods"'],
    [['uiresources.apps'], 'resource type "uiresources.apps"'],
    [['resources'], 'resource type "resources"'],
    [['uiresource/a', 'b'], 'need a type of their own'],
    [['uiresource/'], 'must have a type and a name'],
    [['cm,fw', 'a'], 'only one resource'],
  ])('%j is refused', (words, message) => expect(() => read(...words)).toThrow(message))

  it('has no names beside selectors', () =>
    expect(() => readTargets(['uiresource', 'a'], { selected: true })).toThrow('name cannot be provided'))
})
