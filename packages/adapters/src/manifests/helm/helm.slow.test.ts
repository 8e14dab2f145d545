import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ManifestLoad } from '@tiltts/runtime/ports'
import type { HelmSource } from '@tiltts/spec'
import { afterEach, expect, it } from 'vitest'
import { describeWithHelm } from '../testing/needs-helm.js'
import { type RealManifests, realManifests } from '../testing/real-manifests.js'

const never = new AbortController().signal
const open: RealManifests[] = []

async function machine(env?: Readonly<Record<string, string>>): Promise<RealManifests> {
  const made = await realManifests(env)
  open.push(made)
  return made
}
const helm = (chart: string, more: Partial<HelmSource> = {}): HelmSource => ({
  type: 'helm',
  chart,
  name: 'release',
  values: [],
  set: [],
  skipCrds: false,
  ...more,
})
const configMap = (name: string, data = '', metadata = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${metadata}}\n${data}`
const hook = (name: string, when: string): string => configMap(name, '', `, annotations: {helm.sh/hook: "${when}"}`)
const namesOf = ({ documents, diagnostics }: ManifestLoad): readonly string[] => {
  expect(diagnostics).toEqual([])
  return documents.map(({ object }) => object.metadata.name)
}
const templates = ({ started }: RealManifests): number => started.filter((one) => one.includes(' template ')).length

describeWithHelm('helm charts', () => {
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })

  it('KY-06: passes name, namespace, values, settings and version on', async () => {
    const h = await machine()
    const data = [
      'data:',
      '  release: {{ .Release.Name }}',
      '  namespace: {{ .Release.Namespace }}',
      '  one: {{ .Values.one | quote }}',
      '  two: {{ .Values.deep.two | quote }}',
      '  kube: {{ .Capabilities.KubeVersion.Version }}',
    ].join('\n')
    const chart = await h.chart('web', configMap('a', data))
    await h.write('web/values.yaml', 'one: default\ndeep: {two: default}\n')
    const values = [await h.write('a.yaml', 'one: a\ndeep: {two: a}\n'), await h.write('b.yaml', 'one: b\n')]
    const source = helm(chart, {
      name: 'mine',
      namespace: 'shop',
      values,
      set: ['deep.two=set'],
      kubeVersion: '1.29.3',
    })
    const { documents } = await h.manifests.load([source], never)
    expect(documents[0]?.object['data']).toEqual({
      release: 'mine',
      namespace: 'shop',
      one: 'b',
      two: 'set',
      kube: 'v1.29.3',
    })
  })

  it('KY-06: has the CRDs of a chart unless told not to, and no tests', async () => {
    const h = await machine()
    const chart = await h.chart('web', configMap('a'))
    await h.write(
      'web/crds/wide.yaml',
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: wides.x.io}\n',
    )
    await h.write('web/templates/tests/plain.yaml', configMap('plain'))
    await h.write('web/templates/hooked.yaml', hook('hooked', 'test'))
    expect(namesOf(await h.manifests.load([helm(chart)], never))).toEqual(['wides.x.io', 'a'])
    expect(namesOf(await h.manifests.load([helm(chart, { skipCrds: true })], never))).toEqual(['a'])
  })

  it('KY-06: has hooks of a deployment, and none of taking away or rolling back', async () => {
    const h = await machine()
    const chart = await h.chart('web', configMap('a'))
    const hooks = ['pre-install,pre-upgrade', 'post-install', 'pre-delete', 'post-rollback', 'post-delete, pre-upgrade']
    await h.write('web/templates/hooks.yaml', hooks.map((when, index) => hook(`h${index}`, when)).join('---\n'))
    expect([...namesOf(await h.manifests.load([helm(chart)], never))].sort()).toEqual(['a', 'h0', 'h1', 'h4'])
  })

  it('KY-07: reads charts that Chart.yaml and requirements.yaml name by file://, and what those name', async () => {
    const h = await machine()
    const chart = await h.chart('web', configMap('a'))
    await h.chart('libs/db', configMap('b'))
    await h.chart('libs/deep', configMap('c'))
    await h.chart('libs/old', configMap('d'))
    const on = (name: string, at: string): string =>
      `dependencies: [{name: ${name}, version: 0.1.0, repository: "file://${at}"}]\n`
    await h.write('web/Chart.yaml', `apiVersion: v2\nname: web\nversion: 0.1.0\n${on('db', '../libs/db')}`)
    await h.write('web/requirements.yaml', on('old', '../libs/old'))
    await h.write('libs/db/Chart.yaml', `apiVersion: v2\nname: db\nversion: 0.1.0\n${on('deep', '../deep')}`)
    const { reads, diagnostics } = await h.manifests.load([helm(chart)], never)
    const trees = reads.filter(({ kind }) => kind === 'tree').map(({ path }) => path)
    expect(trees).toEqual(['web', 'libs/db', 'libs/deep', 'libs/old'].map((path) => join(h.dir, path)))
    // they are not in charts/ yet, and helm fetches nothing by itself
    expect(diagnostics).toMatchObject([
      { code: 'helm/failed', hint: `Fetch what it needs: helm dependency build ${chart}` },
    ])
  })

  it('says where each object comes from, also of charts in the chart', async () => {
    const h = await machine()
    const chart = await h.chart('web', configMap('a'))
    await h.chart('web/charts/db', configMap('b'))
    await h.write('web/charts/db/Chart.yaml', 'apiVersion: v2\nname: db\nversion: 0.1.0\n')
    const { documents } = await h.manifests.load([helm(chart)], never)
    expect(Object.fromEntries(documents.map(({ object, place }) => [object.metadata.name, place?.file]))).toEqual({
      a: join(chart, 'templates/all.yaml'),
      b: join(chart, 'charts/db/templates/all.yaml'),
    })
  })

  it('says what helm cannot render with the line of the template', async () => {
    const h = await machine()
    const chart = await h.chart('web', configMap('a', 'data:\n  x: {{ .Values.deep.two }}\n'))
    const failed = async (): Promise<ManifestLoad['diagnostics'][number] | undefined> =>
      (await h.manifests.load([helm(chart)], never)).diagnostics[0]
    const template = join(chart, 'templates/all.yaml')
    expect(await failed()).toMatchObject({
      code: 'helm/failed',
      message: expect.stringMatching(/^helm template: .*nil pointer/s),
      places: [{ file: template, line: 5, column: 16, excerpt: { lines: expect.arrayContaining(['data:']) } }],
    })
    await h.write('web/templates/all.yaml', 'a: b\n{{ if }}\n')
    expect(await failed()).toMatchObject({ places: [{ file: template, line: 2 }] })
    await h.write('web/templates/all.yaml', 'a: {{ fail "no way" }}\n')
    expect((await failed())?.message).toContain('no way')
    await h.write('web/templates/all.yaml', 'a: [\n')
    expect(await failed()).toMatchObject({
      places: [{ file: template }],
      hint: expect.stringContaining('--debug --show-only templates/all.yaml'),
    })
    await h.write('web/templates/all.yaml', 'a: {{ include "deep" . }}\n')
    await h.write('web/templates/_deep.tpl', '{{ define "deep" }}\n{{ .Values.none.such }}{{ end }}\n')
    // the innermost is where it fails
    expect((await failed())?.places.map(({ file, line }) => [file, line])).toEqual([
      [join(chart, 'templates/_deep.tpl'), 2],
      [template, 1],
    ])
    await h.write('web/templates/all.yaml', configMap('a'))
    await h.write('web/values.yaml', 'a: b\n c: d\n')
    expect((await failed())?.message).toContain('values.yaml')
  })

  it('says what is wrong with what a chart renders, with the lines of it', async () => {
    const h = await machine()
    const chart = await h.chart('web', configMap('a', 'data: {x: 8080}\n'))
    const { diagnostics } = await h.manifests.load([helm(chart)], never)
    expect(diagnostics).toMatchObject([
      { code: 'config/invalid-manifest', places: [{ file: join(chart, 'templates/all.yaml') }] },
    ])
    expect(diagnostics[0]?.message).toContain('| data: {x: 8080}')
  })

  it('renders nothing again while nothing has changed, also in the next session', async () => {
    const h = await machine()
    const chart = await h.chart('web', configMap('a', 'data: {x: "{{ .Values.x }}"}\n'))
    const values = await h.write('dev.yaml', 'x: one\n')
    const source = helm(chart, { values: [values] })
    const x = async (manifests = h.manifests): Promise<unknown> =>
      (await manifests.load([source], never)).documents.map(({ object }) => object['data'])
    expect(await x()).toEqual([{ x: 'one' }])
    const before = h.started.length
    expect(await x()).toEqual([{ x: 'one' }])
    expect(h.started).toHaveLength(before)

    const next = h.reopen()
    expect(await x(next)).toEqual([{ x: 'one' }])
    expect(templates(h)).toBe(1)

    await h.write('dev.yaml', 'x: two\n')
    expect(await x(next)).toEqual([{ x: 'two' }])
    await h.write('web/templates/more.yaml', configMap('b'))
    expect(await x(next)).toHaveLength(2)
    expect(await x(h.reopen({ HELM_DEBUG: 'false' }))).toHaveLength(2)
    expect(templates(h)).toBe(4)
    expect(h.started.filter((one) => one.startsWith('helm version'))).toHaveLength(3)
  })

  it('KY-06: says that helm is not there, is too old, or has a version that nobody can read', async () => {
    const h = await machine()
    const bin = join(h.dir, 'bin')
    await mkdir(bin)
    const chart = await h.chart('web', configMap('a'))
    const told = async (script?: string): Promise<unknown> => {
      if (script !== undefined) await writeFile(join(bin, 'helm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
      const { diagnostics } = await h.reopen({ PATH: `${bin}:/bin` }).load([helm(chart)], never)
      return [diagnostics[0]?.code, diagnostics[0]?.message]
    }
    expect(await told()).toEqual(['helm/missing', expect.stringContaining('helm cannot be used: helm: ')])
    expect(await told('echo "Client: v2.17.0+ga690bad"')).toEqual([
      'helm/missing',
      'helm cannot be used: helm: it is v2.17.0+ga690bad, and 3.1 or later is needed',
    ])
    expect(await told('echo new')).toEqual([
      'helm/missing',
      'helm cannot be used: helm: its version cannot be read: new',
    ])
  })
})
