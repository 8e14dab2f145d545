import type { Diagnostic, KubernetesManifest } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { readManifests } from './read-manifests.js'

const file = '/shop/api.yaml'
const read = (text: string): ReturnType<typeof readManifests> => readManifests({ text, name: file, file })
const objects = (text: string): readonly KubernetesManifest[] => {
  const { documents, diagnostics } = read(text)
  expect(diagnostics).toEqual([])
  return documents.map(({ object }) => object)
}
const places = (text: string): readonly unknown[] =>
  read(text).documents.map(({ object, place }) => [object.metadata.name, place?.line, place?.column])
const problems = (text: string): readonly unknown[] =>
  read(text).diagnostics.map(({ message, places: [at] }) => [message, at?.line, at?.column])
const first = (text: string): Diagnostic | undefined => read(text).diagnostics[0]

const configMap = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${more}`

describe('documents', () => {
  it('KY-02: reads all documents of a text, with the line each begins on', () => {
    const text = `# two of them\n---\n${configMap('a')}---\n# next\n${configMap('b')}---\n---\n${configMap('c')}...\n`
    expect(places(text)).toEqual([
      ['a', 3, 1],
      ['b', 8, 1],
      ['c', 13, 1],
    ])
  })

  it('KY-02: takes JSON, also indented by tabs, and line ends of Windows', () => {
    const json = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }, undefined, '\t')
    expect(objects(json).map(({ metadata }) => metadata.name)).toEqual(['a'])
    expect(places(`\uFEFF${configMap('a')}---\n${configMap('b')}`.replaceAll('\n', '\r\n'))).toEqual([
      ['a', 1, 1],
      ['b', 5, 1],
    ])
  })

  it('KY-02: flattens lists, also lists in lists, each item with its own line', () => {
    const text = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: a}
- apiVersion: v1
  kind: ConfigMapList
  items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: b}
---
apiVersion: v1
kind: List
items: null
`
    expect(places(text)).toEqual([
      ['a', 4, 3],
      ['b', 10, 5],
    ])
  })

  it('KY-02: has nothing of what is empty: null, comments, markers alone', () => {
    for (const text of ['', '---\n', '# x\n', 'null\n', '---\nnull\n---\n# y\n---\n~\n']) {
      expect(read(text)).toEqual({ documents: [], diagnostics: [] })
    }
  })

  it('does not take a line of three dashes and more, or one in a text that is indented, for a marker', () => {
    const text = configMap('a', 'data:\n  x: |\n    ---\n    y\n  z: ----\n')
    expect(objects(text)[0]?.['data']).toEqual({ x: '---\ny\n', z: '----' })
  })

  it('keeps a directive with its document, and what stands on the line of the marker', () => {
    expect(objects(`%YAML 1.1\n---\n${configMap('a')}`)).toHaveLength(1)
    expect(places('--- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n')).toEqual([['a', 1, 5]])
  })

  it('KY-03: takes the status away', () => {
    const text = `${configMap('a')}status: {x: 1}\nother: {status: 2}\n`
    expect(objects(text)[0]).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      other: { status: 2 },
    })
  })
})

describe('scalars', () => {
  const value = (text: string): unknown => {
    const [object] = objects(`apiVersion: x/v1\nkind: Odd\nmetadata: {name: a}\nv: ${text}\n`)
    return object?.['v']
  }

  it.each([
    ['0755', 493],
    ['0o755', 493],
    ['0x1F', 31],
    ['0b11', 3],
    ['1_000', 1000],
    ['yes', true],
    ['Off', false],
    ['n', false],
    ['22:22', '22:22'],
    ['1:30:00', '1:30:00'],
    ['2001-01-01', '2001-01-01'],
    ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
    ['"0755"', '0755'],
    ['1e3', 1000],
    ['~', null],
    ['500m', '500m'],
  ])('KY-02: reads %s as kubectl does', (text, expected) => {
    expect(value(text)).toEqual(expected)
  })

  it('KY-02: merges what `<<` names', () => {
    const text = 'apiVersion: x/v1\nkind: Odd\nmetadata: {name: a}\nbase: &b {one: 1, two: 2}\nv: {<<: *b, two: 3}\n'
    expect(objects(text)[0]?.['v']).toEqual({ one: 1, two: 3 })
  })
})

describe('what is wrong', () => {
  it('KY-02: a key that stands twice, with the line of the second', () => {
    const text = `${configMap('a', 'data:\n  mode: "1"\n  mode: "2"\n')}---\n${configMap('b')}`
    expect(problems(text)).toEqual([['the key mode stands twice in one mapping', 6, 3]])
    expect(first(text)?.places[0]).toMatchObject({ file, excerpt: { firstLine: 4 } })
    // the rest is read all the same
    expect(places(text)).toEqual([['b', 8, 1]])
  })

  it('KY-02: what is no YAML, with its line in the whole text', () => {
    expect(problems(`${configMap('a')}---\nkind: [\n`)).toEqual([
      [expect.stringContaining('Flow sequence'), 6, expect.any(Number)],
    ])
    expect(problems(`${configMap('a')}---\na: *nothing\n`)[0]).toEqual([expect.stringContaining('nothing'), 4, 1])
  })

  it('KY-02: what is no object', () => {
    expect(problems('just words\n')).toEqual([
      ['a manifest must be a mapping with apiVersion, kind and metadata, but this is "just words"', 1, 1],
    ])
    expect(problems('- 1\n')).toEqual([[expect.stringContaining('but this is a list'), 1, 1]])
    expect(problems('kind: Pod\nmetadata: {name: a}\n')).toEqual([['Pod/a has no apiVersion', 1, 1]])
    expect(problems('apiVersion: v1\nmetadata: {name: a}\n')).toEqual([['the manifest of a has no kind', 1, 1]])
    expect(problems('apiVersion: v1\nkind: Pod\n')).toEqual([['a Pod has no metadata.name', 1, 1]])
    expect(first('apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n')).toMatchObject({
      message: 'Pod/a- has no metadata.name',
      hint: expect.stringContaining('in place of generateName'),
    })
  })

  it('KY-02: fields of known kinds that hold something else, by kind, object and line', () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  labels: {version: 1.0}
spec:
  replicas: "3"
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: api
        image: shop/api
        env:
        - {name: PORT, value: 8080}
        args: run
        ports: [{containerPort: http}]
`
    expect(problems(text)).toEqual([
      ['Deployment/api: metadata.labels.version must be a text, but is 1', 5, 21],
      ['Deployment/api: spec.replicas must be an integer, but is the text "3"', 7, 13],
      ['Deployment/api: spec.template.spec.containers[0].args must be a list, but is the text "run"', 17, 15],
      ['Deployment/api: spec.template.spec.containers[0].env[0].value must be a text, but is 8080', 16, 31],
      [
        'Deployment/api: spec.template.spec.containers[0].ports[0].containerPort must be an integer, but is the text "http"',
        18,
        33,
      ],
    ])
    expect(read(text).diagnostics[3]?.hint).toBe('Put it in quotes: "8080"')
  })

  it('KY-02: containers that are no list, in whatever makes pods', () => {
    const spec = 'containers: {name: a}'
    const of = (kind: string, apiVersion: string, body: string): unknown =>
      problems(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\nspec: ${body}\n`)[0]
    const wrong = (kind: string, path: string): unknown =>
      expect.arrayContaining([`${kind}/a: ${path}containers must be a list, but is a mapping`])
    expect(of('Pod', 'v1', `{${spec}}`)).toEqual(wrong('Pod', 'spec.'))
    expect(of('Job', 'batch/v1', `{template: {spec: {${spec}}}}`)).toEqual(wrong('Job', 'spec.template.spec.'))
    expect(of('CronJob', 'batch/v1', `{jobTemplate: {spec: {template: {spec: {${spec}}}}}}`)).toEqual(
      wrong('CronJob', 'spec.jobTemplate.spec.template.spec.'),
    )
  })

  it('KY-02: nothing in kinds it does not know, or where null stands for absent', () => {
    const odd = objects('apiVersion: x.io/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: many}\n')
    expect(odd[0]?.['spec']).toEqual({ replicas: 'many' })
    expect(
      objects('apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: null}\nspec: {replicas: null}\n'),
    ).toHaveLength(1)
  })

  it('tells the lines in the message where no file holds the text', () => {
    const { diagnostics } = readManifests({
      text: `${configMap('a', 'data: {x: 1}\n')}`,
      name: 'the text in the config',
    })
    expect(diagnostics[0]?.places).toEqual([])
    expect(diagnostics[0]?.message).toBe(
      [
        'ConfigMap/a: data.x must be a text, but is 1 (line 4 of the text in the config)',
        '  2 | kind: ConfigMap',
        '  3 | metadata: {name: a}',
        '> 4 | data: {x: 1}',
        '  5 |',
      ].join('\n'),
    )
  })
})
