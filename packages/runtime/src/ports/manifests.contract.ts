import type { ManifestSelector, ManifestSource } from '@tiltts/spec'
import { afterEach, describe, expect, it } from 'vitest'
import type { ManifestLoad, Manifests } from './manifests.js'

/** Manifests, and files for them. */
export interface ManifestsHarness {
  readonly manifests: Manifests
  /** An empty folder, absolute. */
  readonly dir: string
  /** Writes a file below the folder. Returns its absolute path. */
  readonly write: (path: string, text: string) => Promise<string>
  /** Makes a chart that renders to a text. Returns its folder. */
  readonly chart: (name: string, rendered: string) => Promise<string>
  /** Makes a folder that kustomize builds to a text. Returns it. */
  readonly kustomization: (name: string, built: string) => Promise<string>
  readonly close: () => Promise<void>
}

/** What all manifests do. */
export function manifestsContract(name: string, make: () => Promise<ManifestsHarness>): void {
  const open: ManifestsHarness[] = []
  const never = new AbortController().signal

  const test = (title: string, body: (h: ManifestsHarness) => Promise<void>): void => {
    it(title, async () => {
      const harness = await make()
      open.push(harness)
      await body(harness)
    })
  }
  const load = (h: ManifestsHarness, ...sources: readonly ManifestSource[]): Promise<ManifestLoad> =>
    h.manifests.load(sources, never)
  const names = async (h: ManifestsHarness, ...sources: readonly ManifestSource[]): Promise<readonly string[]> => {
    const { documents, diagnostics } = await load(h, ...sources)
    expect(diagnostics).toEqual([])
    return documents.map(({ object }) => object.metadata.name)
  }
  const helm = (chart: string, more: object = {}): ManifestSource => ({
    type: 'helm',
    chart,
    name: 'release',
    values: [],
    set: [],
    skipCrds: false,
    ...more,
  })
  const covers = ({ reads }: ManifestLoad, path: string): boolean =>
    reads.some((read) => read.path === path || (read.kind === 'tree' && path.startsWith(`${read.path}/`)))

  describe(`${name} as manifests`, () => {
    afterEach(async () => {
      for (const harness of open.splice(0)) await harness.close()
    })

    test('KY-02: reads documents and lists of a file in their order, each with its line', async (h) => {
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [objectOf('b'), objectOf('c')] })
      const path = await h.write('all.yaml', `${configMap('a')}---\nnull\n---\n${list}\n---\n${configMap('d')}`)
      const { documents, diagnostics, reads } = await load(h, { type: 'file', path })
      expect(diagnostics).toEqual([])
      expect(documents.map(({ object, place }) => [object.metadata.name, place?.file, place?.line])).toEqual([
        ['a', path, 1],
        ['b', path, 7],
        ['c', path, 7],
        ['d', path, 9],
      ])
      expect(reads).toEqual([{ path, kind: 'file' }])
    })

    test('KY-03: takes the status away, wherever an object comes from', async (h) => {
      const text = `${configMap('a')}status: {x: 1}\n`
      const { documents } = await load(
        h,
        { type: 'file', path: await h.write('a.yaml', text) },
        { type: 'text', text },
        { type: 'objects', objects: [{ ...objectOf('a'), status: { x: 1 } }] },
        helm(await h.chart('chart', text)),
        { type: 'kustomize', dir: await h.kustomization('kust', text), flags: [] },
      )
      expect(documents.map(({ object }) => Object.keys(object).sort())).toEqual(
        Array.from({ length: 5 }, () => ['apiVersion', 'kind', 'metadata']),
      )
    })

    test('KY-02: says what is wrong and where, and reads the rest', async (h) => {
      const path = await h.write('a.yaml', `${configMap('a', 'data: {x: 1}\n')}---\n${configMap('b')}`)
      const absent = `${h.dir}/none.yaml`
      const { documents, diagnostics, reads } = await load(h, { type: 'file', path }, { type: 'file', path: absent })
      expect(documents.map(({ object }) => object.metadata.name)).toEqual(['b'])
      expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
        ['config/invalid-manifest', 'ConfigMap/a: data.x must be a text, but is 1'],
        ['config/read-failed', `there is no file ${absent}`],
      ])
      expect(diagnostics[0]?.places).toMatchObject([{ file: path, line: 4 }])
      // what is not there is waited for
      expect(reads.map((read) => read.path)).toEqual([path, absent])
    })

    test('KY-01: an empty file has no objects, and is no error', async (h) => {
      expect(await names(h, { type: 'file', path: await h.write('a.yaml', '# nothing yet\n') })).toEqual([])
    })

    test('reads all files that match a pattern, sorted, without those whose names begin with a dot', async (h) => {
      for (const path of ['b.yaml', 'a.yaml', 'deep/c.yaml', '.hidden.yaml', 'd.yml', 'deep/.git/e.yaml']) {
        const own = path.replace(/^.*\/|\.ya?ml$|^\./g, '').replace('.yaml', '')
        await h.write(`k8s/${path}`, configMap(own))
      }
      const of = (pattern: string): Promise<readonly string[]> =>
        names(h, { type: 'file', path: `${h.dir}/${pattern}` })
      expect(await of('k8s/*.yaml')).toEqual(['a', 'b'])
      expect(await of('k8s/*.{yaml,yml}')).toEqual(['a', 'b', 'd'])
      expect(await of('k8s/**/*.yaml')).toEqual(['a', 'b', 'c'])
      expect(await of('k8s/?.yaml')).toEqual(['a', 'b'])
      const one = await load(h, { type: 'file', path: `${h.dir}/k8s/*.yaml` })
      expect(covers(one, `${h.dir}/k8s/new.yaml`)).toBe(true)
    })

    test('a pattern that matches nothing is an error, and what comes to match is waited for', async (h) => {
      await h.write('k8s/a.txt', 'x')
      const path = `${h.dir}/k8s/*.yaml`
      const none = await load(h, { type: 'file', path })
      expect(none.diagnostics).toMatchObject([{ code: 'config/read-failed', message: `no file matches ${path}` }])
      expect(covers(none, `${h.dir}/k8s/new.yaml`)).toBe(true)
    })

    test('takes objects and texts of the config in order with the rest', async (h) => {
      const path = await h.write('b.yaml', configMap('b'))
      const sources: readonly ManifestSource[] = [
        { type: 'objects', objects: [objectOf('a')] },
        { type: 'file', path },
        { type: 'text', text: `${configMap('c')}---\n${configMap('d')}` },
      ]
      expect(await names(h, ...sources)).toEqual(['a', 'b', 'c', 'd'])
      const bad = await load(h, { type: 'text', text: configMap('c', 'data: x\n') })
      expect(bad.diagnostics[0]?.message).toContain('line 4 of the text in the config')
    })

    test('KY-06: takes what a chart renders to, with a namespace in what names none', async (h) => {
      const text = `${configMap('a')}---\n${configMap('b', '', ', namespace: own')}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: space}\n`
      const chart = await h.chart('chart', text)
      const loaded = await load(h, helm(chart, { namespace: 'shop' }))
      expect(loaded.diagnostics).toEqual([])
      const found = loaded.documents.map(({ object: { metadata } }) => `${metadata.name} in ${metadata.namespace}`)
      expect(found.sort()).toEqual(['a in shop', 'b in own', 'space in undefined'])
      expect(loaded.documents[0]?.place?.file).toMatch(`${chart}/templates/`)
      expect(covers(loaded, `${chart}/templates/new.yaml`)).toBe(true)
    })

    test('KY-07: values of a chart are read with the config', async (h) => {
      const values = await h.write('dev.yaml', 'a: 1\n')
      const loaded = await load(h, helm(await h.chart('chart', configMap('a')), { values: [values] }))
      expect(loaded.reads).toContainEqual({ path: values, kind: 'file' })
    })

    test('KY-08: takes what a kustomization builds', async (h) => {
      const dir = await h.kustomization('kust', configMap('a'))
      const loaded = await load(h, { type: 'kustomize', dir, flags: [] })
      expect(loaded.diagnostics).toEqual([])
      expect(loaded.documents.map(({ object }) => object.metadata.name)).toEqual(['a'])
      expect(loaded.documents[0]?.place?.file).toBe(`${dir}/kustomization.yaml`)
      expect(covers(loaded, `${dir}/kustomization.yaml`)).toBe(true)
    })

    test('KY-06: a chart and a kustomization that are not there are errors', async (h) => {
      const loaded = await load(h, helm(`${h.dir}/none`), { type: 'kustomize', dir: `${h.dir}/no`, flags: [] })
      expect(loaded.diagnostics.map(({ code }) => code)).toEqual(['helm/failed', 'kustomize/failed'])
      expect(covers(loaded, `${h.dir}/none/Chart.yaml`)).toBe(true)
      expect(covers(loaded, `${h.dir}/no/kustomization.yaml`)).toBe(true)
    })

    test('KY-05: parts objects into those that match and the rest', async (h) => {
      const sources: readonly ManifestSource[] = [
        { type: 'file', path: await h.write('a.yaml', `${configMap('api')}---\n${configMap('web')}`) },
        { type: 'objects', objects: [{ ...objectOf('Api-2'), kind: 'Secret' }] },
      ]
      const parted = (selector: ManifestSelector, keep: 'matching' | 'rest'): Promise<readonly string[]> =>
        names(h, { type: 'filter', sources, selector, keep })
      expect(await parted({ name: 'api' }, 'matching')).toEqual(['api', 'Api-2'])
      expect(await parted({ name: 'api' }, 'rest')).toEqual(['web'])
      expect(await parted({ name: 'api', kind: 'secret' }, 'matching')).toEqual(['Api-2'])
      const bad = await load(h, { type: 'filter', sources, selector: { kind: '(' }, keep: 'rest' })
      expect(bad.diagnostics).toMatchObject([{ code: 'config/invalid-option' }])
      expect(bad.documents).toEqual([])
    })

    test('EXT-51: puts objects from anywhere into a namespace', async (h) => {
      const sources: readonly ManifestSource[] = [
        { type: 'text', text: configMap('a', '', ', namespace: own') },
        { type: 'objects', objects: [objectOf('b'), { ...objectOf('c'), kind: 'Namespace' }] },
      ]
      const { documents } = await load(h, { type: 'namespace', sources, namespace: 'dev' })
      expect(documents.map(({ object }) => object.metadata.namespace)).toEqual(['dev', 'dev', undefined])
    })

    test('rejects with the reason when stopped', async (h) => {
      const reason = new Error('stopped')
      await expect(h.manifests.load([], AbortSignal.abort(reason))).rejects.toBe(reason)
    })
  })
}

const objectOf = (name: string): { apiVersion: string; kind: string; metadata: { name: string } } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
})

const configMap = (name: string, more = '', metadata = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${metadata}}\n${more}`
