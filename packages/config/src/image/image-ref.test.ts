import { describe, expect, it } from 'vitest'
import { refProblem, tagProblem } from './image-ref.js'

const letters = (count: number): string => 'a'.repeat(count)

describe('the name of an image', () => {
  it.each([
    'a',
    'a.b',
    'a--b',
    'a__b',
    '1/2',
    'x.y:5000',
    'shop/api:v1.2_3-x',
    'localhost/x',
    'localhost:5000/shop/api:dev',
    'Foo.com/x',
    'FOO/x',
    'ho_st.x/y',
    '[::1]:5000/x',
    'docker.io/library/x/y',
    'ab/c_d/e.f',
    `x/${letters(64)}`,
    `x:${letters(128)}`,
    letters(247),
    `x/${letters(253)}`,
    `ghcr.io/${letters(255)}`,
  ])('can be %s', (ref) => {
    expect(refProblem(ref)).toBeUndefined()
  })

  it.each([
    ['', 'it is empty'],
    ['a b', 'it holds a space or a line break'],
    ['a\n', 'it holds a space or a line break'],
    ['https://ghcr.io/x', 'it is a URL'],
    ['A', 'it holds upper-case letters'],
    ['foo/Bar:V1', 'it holds upper-case letters'],
    ['a___b', '"a___b" is no part of a name'],
    ['x/a..b', '"a..b" is no part of a name'],
    ['a.-b', '"a.-b" is no part of a name'],
    ['-a', '"-a" is no part of a name'],
    ['$tag', '"$tag" is no part of a name'],
    ['é', '"é" is no part of a name'],
    ['a/', 'a / is too many'],
    ['/a', 'a / is too many'],
    ['a//b', 'a / is too many'],
    ['x:', '"" is no tag'],
    ['x:-a', '"-a" is no tag'],
    ['x:é', '"é" is no tag'],
    ['foo:bar:baz', '"foo:bar" is no part of a name'],
    ['a:b/c', '"a:b" is no host of a registry'],
    ['h-.com/x', '"h-.com" is no host of a registry'],
    ['ghcr.io/', 'no name stands behind the registry'],
    [':dev', 'it has no name'],
    [`x:${letters(129)}`, 'its tag is longer than 128 characters'],
    [letters(248), 'its name is longer than 255 characters'],
    [`docker.io/${letters(248)}`, 'its name is longer than 255 characters'],
    [`x/${letters(254)}`, 'its name is longer than 255 characters'],
    [`ghcr.io/${letters(256)}`, 'its name is longer than 255 characters'],
    [letters(64), 'it is the id of an image'],
    [`a@sha256:${letters(64)}`, 'a digest names an image that is there already'],
  ])('cannot be %j', (ref, reason) => {
    expect(refProblem(ref)?.reason).toBe(reason)
  })

  it('is suggested in lower case, and without a scheme', () => {
    expect(refProblem('localhost:5000/Shop/API:V1')?.hint).toBe("Write it in lower case: 'localhost:5000/shop/api:V1'")
    expect(refProblem('https://ghcr.io/shop')?.hint).toBe("Leave the scheme out: 'ghcr.io/shop'")
  })

  it('can have a tag of its own checked', () => {
    expect(tagProblem('v1.2')).toBeUndefined()
    expect(tagProblem('v1/2')?.reason).toBe('"v1/2" is no tag')
  })
})
