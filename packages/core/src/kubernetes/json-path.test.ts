import { describe, expect, it } from 'vitest'
import { parseJsonPath } from './json-path.js'
import { valueAt } from './tree.js'

const root = {
  metadata: { labels: { 'app.kubernetes.io/name': 'web' } },
  spec: {
    image: 'shop/web',
    parts: [
      { name: 'a', image: 'shop/a', main: true },
      { name: 'b', image: 'shop/b' },
    ],
    nested: { deep: { image: 'shop/deep' } },
  },
}

const found = (text: string): readonly unknown[] => {
  const path = parseJsonPath(text)
  if ('problem' in path) throw new Error(path.problem)
  return path.places(root).map((place) => valueAt(root, place))
}

describe('JSON paths', () => {
  it.each([
    ['{.spec.image}', ['shop/web']],
    ['.spec.image', ['shop/web']],
    ['spec.image', ['shop/web']],
    ['$.spec.image', ['shop/web']],
    [".spec['image']", ['shop/web']],
    ['.spec["image"]', ['shop/web']],
    ['.spec.parts[*].image', ['shop/a', 'shop/b']],
    ['.spec.parts[1].image', ['shop/b']],
    ['.spec.parts[-1].image', ['shop/b']],
    ['.spec.parts[0:1].image', ['shop/a']],
    ['.spec.parts[1:].image', ['shop/b']],
    ['.spec.parts[?(@.name=="b")].image', ['shop/b']],
    [".spec.parts[?(@.name != 'b')].image", ['shop/a']],
    ['.spec.parts[?(@.main)].image', ['shop/a']],
    ['.spec.parts[?(@.main==true)].image', ['shop/a']],
    ['.spec.nested.*.image', ['shop/deep']],
    ['..image', ['shop/web', 'shop/a', 'shop/b', 'shop/deep'].slice(1)],
    ['.metadata.labels.app\\.kubernetes\\.io/name', ['web']],
    ['.spec.missing.image', []],
    ['.spec.parts[7].image', []],
    ['.spec.image.text', []],
  ])('%s', (path, values) => {
    const all = found(path)
    for (const value of values) expect(all).toContain(value)
    if (!path.startsWith('..')) expect(all).toEqual(values)
  })

  it.each(['', '{}', '.spec[', '.spec[?(@.a > 1)]', '.spec..', '.spec.parts[x]'])(
    'says what is wrong with %j',
    (path) => {
      expect(parseJsonPath(path)).toEqual({ problem: expect.stringMatching(/\w/) })
    },
  )

  it('does not walk into what every object inherits', () => {
    expect(found('.constructor')).toEqual([])
  })
})
