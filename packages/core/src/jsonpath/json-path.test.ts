import { describe, expect, it } from 'vitest'
import { goJson, goText, jsonPath, relaxedPath } from './index.js'

const list = {
  kind: 'List',
  items: [
    {
      metadata: { name: 'api', labels: { 'app.kubernetes.io/name': 'x' } },
      status: { ok: true, ports: [1, 2, 3], n: 1 },
    },
    { metadata: { name: 'web', labels: null }, status: { ok: false, ports: [], n: 2.5 } },
    { metadata: { name: 'db' } },
  ],
}
const print = (template: string, allowMissing = true): string => jsonPath(template, { allowMissing }).print(list)

describe('JSONPath templates, as kubectl prints them', () => {
  it.each([
    ['{.kind}', 'List'],
    ['{$.kind}', 'List'],
    ['{@.kind}', 'List'],
    ["{['kind']}", 'List'],
    ['kind: {.kind}!', 'kind: List!'],
    ['{.items[*].metadata.name}', 'api web db'],
    ['{.items[:].metadata.name}', 'api web db'],
    ['{.items[0].metadata.name}', 'api'],
    ['{.items[-1].metadata.name}', 'db'],
    ['{.items[0:2].metadata.name}', 'api web'],
    ['{.items[-2:].metadata.name}', 'web db'],
    ['{.items[::2].metadata.name}', 'api db'],
    ['{.items[0,2].metadata.name}', 'api db'],
    ["{.items[0]['metadata.name','status.n']}", 'api 1'],
    ['{.items[0].metadata.labels.app\\.kubernetes\\.io/name}', 'x'],
    ["{.items[0].metadata.labels['app\\.kubernetes\\.io/name']}", 'x'],
    ['{.items[?(@.metadata.name=="web")].status.n}', '2.5'],
    ["{.items[?(@.metadata.name=='web')].status.n}", '2.5'],
    ['{.items[?(@.metadata.name!="web")].metadata.name}', 'api db'],
    ['{.items[?(@.status.n>1)].metadata.name}', 'web'],
    ['{.items[?(@.status.n<=1)].metadata.name}', 'api'],
    ['{.items[?(@.status.ok==true)].metadata.name}', 'api'],
    ['{.items[?(@.status)].metadata.name}', 'api web'],
    ['{..name}', 'api web db'],
    ['{.items[*].status.ok}', 'true false'],
    ['{.items[0].status.ports}', '[1,2,3]'],
    ['{.items[0].status}', '{"n":1,"ok":true,"ports":[1,2,3]}'],
    ['{.items[1].metadata.labels}', 'null'],
    ['{.items[0].status.*}', '1 true [1,2,3]'],
    ['{range .items[*]}{.metadata.name}={.status.n}{"\\n"}{end}', 'api=1\nweb=2.5\ndb=\n'],
    ['{range .items[0:2]}[{range .status.ports[*]}{@},{end}]{end}', '[1,2,3,][]'],
    ['{.missing}', ''],
    ['{.missing[0].x}', ''],
    ['{range .missing[*]}x{end}after', 'after'],
    ['{"tab\\t"}{\'quote"\'}', 'tab\tquote"'],
    ['plain', 'plain'],
    ['', ''],
  ])('%s', (template, text) => expect(print(template)).toBe(text))

  it.each([
    ['{.items[7]}', 'array index out of bounds: index 7, length 3'],
    ['{.items[-9]}', 'array index out of bounds'],
    ['{.kind[0]}', 'is not array or slice'],
    ['{.items[?(@.status.n=="1")]}', 'incompatible types for comparison'],
    ['{foo}', 'unrecognized identifier foo'],
    ['{.items', 'unclosed action'],
    ['{.items[0}', 'unterminated array'],
    ['{.items[x]}', 'invalid array index x'],
    ['{"a}', 'unterminated quoted string'],
    ['{end}', 'not in range, nothing to end'],
    ['{range .items[*]}x', 'range has no end'],
    ['{....a}', 'invalid multiple recursive descent'],
    ['{.items[?(@.a]}', 'unterminated filter'],
    ['{#}', 'unrecognized character in action'],
  ])('%s is refused', (template, message) => expect(() => print(template)).toThrow(message))

  it('a field that is not there is an error for who wants that', () => {
    expect(() => print('{.missing}', false)).toThrow('missing is not found')
    expect(print('{.items[*].status.n}', false)).toBe('1 2.5')
  })

  it('does not walk into what every object inherits', () => expect(print('{.constructor}{.items.length}')).toBe(''))

  it('gives what is found as JSON, each part an array of its own', () =>
    expect(jsonPath('{.items[*].metadata.name}{.missing}').printJson(list)).toBe(
      '[\n    "api",\n    "web",\n    "db"\n]\n[]\n',
    ))
})

describe('a path without braces', () => {
  it.each(['metadata.name', '.metadata.name', '{metadata.name}', '{.metadata.name}'])('%s', (path) =>
    expect(relaxedPath(path)).toBe('{.metadata.name}'),
  )
  it('is no template', () => expect(() => relaxedPath('{.a}{.b}')).toThrow('unexpected path string'))
})

describe('values as Go writes them', () => {
  it.each([
    [null, '<nil>'],
    [{ b: [1, 'x'], a: true }, 'map[a:true b:[1 x]]'],
    [0.00001, '1e-05'],
    [1e21, '1e+21'],
    [-2.5, '-2.5'],
  ])('%j', (value, text) => expect(goText(value)).toBe(text))

  it('JSON has its keys in order, and no sign of HTML in it', () => {
    expect(goJson({ '10': 1, '9': '<a> & b', a: {}, b: [] })).toBe(
      '{"10":1,"9":"\\u003ca\\u003e \\u0026 b","a":{},"b":[]}',
    )
    expect(goJson({ a: [{ b: 1 }] }, '  ')).toBe('{\n  "a": [\n    {\n      "b": 1\n    }\n  ]\n}')
  })
})
