import { join } from 'node:path'
import type { KubernetesManifest, ManifestSource } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import type { RenderedManifests } from './collector/index.js'
import { decodeYaml } from './encoding.js'
import { helm, kustomize } from './helm.js'
import { filterYaml, type KubernetesObject, k8sYaml, renderYaml } from './k8s-yaml.js'
import { type Evaluated, type EvaluateOptions, evaluate } from './testing/evaluate.js'
import { yaml } from './yaml-template.js'

const anything = (value: unknown): never => value as never
const ci: boolean = JSON.parse('false')
const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { mode: 'dev' } }
const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'seed', namespace: 'shop' } }
const place = expect.objectContaining({ file: expect.stringContaining('k8s-yaml.test.ts') })
const messages = ({ errors }: Evaluated): readonly string[] => errors.map(({ message }) => message)
const sources = ({ graph }: Evaluated): readonly (readonly ManifestSource[])[] =>
  graph().kubernetes?.manifests.map((node) => node.sources) ?? []

/** Calls a function of the config with plain data, as the engine does. */
async function called(evaluated: Evaluated, id: string, ...args: readonly unknown[]): Promise<unknown> {
  const fn = evaluated.collector.functionOf(id) as ((...args: readonly unknown[]) => unknown) | undefined
  return fn?.(...structuredClone(args))
}

async function complaint(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return (error as { readonly diagnostics?: readonly unknown[] } | undefined)?.diagnostics
}

describe('k8sYaml', () => {
  it('KY-01: keeps files, patterns of files, objects and other sources in their order, and reads the files it names', async () => {
    const evaluated = await evaluate(
      () => {
        k8sYaml('./k8s/api.yaml')
        k8sYaml(['k8s/*.yaml', ci && 'ci.yaml', settings, job, yaml`a: b`], { allowDuplicates: true })
      },
      { files: { 'k8s/api.yaml': '' } },
    )
    const { folder, graph } = evaluated
    expect(graph().kubernetes?.manifests).toEqual([
      { sources: [{ type: 'file', path: join(folder, 'k8s/api.yaml') }], allowDuplicates: false, place },
      {
        sources: [
          { type: 'file', path: join(folder, 'k8s/*.yaml') },
          { type: 'objects', objects: [settings, job] },
          { type: 'text', text: 'a: b' },
        ],
        allowDuplicates: true,
        place,
      },
    ])
    expect(evaluated.reads).toEqual(['k8s/api.yaml'])
    expect(structuredClone(graph())).toEqual(graph())
  })

  it('KY-01: refuses to deploy nothing: no source, an empty list, an empty text', async () => {
    const evaluated = await evaluate(() => {
      for (const nothing of ['', [], [ci && 'a.yaml'], undefined, yaml`   `, [yaml``, yaml``]])
        k8sYaml(anything(nothing))
    })
    expect(messages(evaluated)).toEqual(Array(6).fill('Empty YAML: k8sYaml() was given no manifests'))
  })

  it('KY-01: says at the call that a file is not there, and is evaluated again when it is', async () => {
    const evaluated = await evaluate(
      () => {
        k8sYaml('gone.yaml')
        k8sYaml('gone/*.yaml')
        k8sYaml('./plain')
        k8sYaml('./overlay')
      },
      { files: { 'plain/a.yaml': '', 'overlay/kustomization.yaml': '' } },
    )
    const { folder, errors } = evaluated
    expect(errors).toMatchObject([
      {
        code: 'config/read-failed',
        message: `k8sYaml(): ${folder}/gone.yaml cannot be read: it does not exist`,
        places: [place],
      },
      { message: `k8sYaml(): ${folder}/gone/*.yaml cannot be read: there is no folder ${folder}/gone` },
      { message: `k8sYaml(): ${folder}/plain cannot be read: it is a folder`, hint: expect.stringContaining('*.yaml') },
      { hint: expect.stringContaining('kustomize(') },
    ])
    expect(evaluated.reads).toEqual(expect.arrayContaining(['gone.yaml', 'gone']))
  })

  it('tells who gives YAML where a path is meant how to write it', async () => {
    const { errors } = await evaluate(() => {
      k8sYaml('apiVersion: v1\nkind: ConfigMap\n')
      k8sYaml('kind: Pod')
    })
    expect(errors).toHaveLength(2)
    expect(errors[0]).toMatchObject({ code: 'config/read-failed', hint: expect.stringContaining('yaml`') })
  })

  it('takes objects as they are at the call, as plain data, and lists of them apart', async () => {
    const changed = { ...settings, data: { mode: 'dev' }, gone: undefined }
    const library = { toJSON: () => job, secretly: 1 }
    const evaluated = await evaluate(() => {
      k8sYaml(changed)
      changed.data.mode = 'changed'
      k8sYaml(anything(library))
      k8sYaml(anything({ apiVersion: 'v1', kind: 'List', items: [settings, job] }))
    })
    expect(sources(evaluated)).toEqual([
      [{ type: 'objects', objects: [settings] }],
      [{ type: 'objects', objects: [job] }],
      [{ type: 'objects', objects: [settings, job] }],
    ])
  })

  it('refuses objects without a kind, a version or a name, and what is no plain data', async () => {
    const circle: Record<string, unknown> = { ...settings }
    circle['self'] = circle
    const evaluated = await evaluate(() => {
      const { apiVersion, kind, metadata } = settings
      for (const wrong of [
        { apiVersion, metadata },
        { kind, metadata },
        { apiVersion, kind },
        { apiVersion, kind, metadata: {} },
        { apiVersion, kind, metadata: { name: 'x', namespace: 7 } },
        circle,
        7,
      ]) {
        k8sYaml(anything(wrong))
      }
    })
    expect(messages(evaluated)).toEqual([
      'k8sYaml(): settings: `kind` must be a string, but it is missing',
      'k8sYaml(): ConfigMap/settings: `apiVersion` must be a string, but it is missing',
      'k8sYaml(): ConfigMap: `metadata` must be an object with a name, but it is missing',
      'k8sYaml(): ConfigMap: `metadata.name` must be a string, but it is missing',
      'k8sYaml(): ConfigMap/x: `metadata.namespace` must be a string, but it is 7',
      'k8sYaml(): ConfigMap/settings is no plain data: Converting circular structure to JSON',
      expect.stringContaining('expected a path, an object, or what helm(), kustomize() or yaml`…` return, got 7'),
    ])
  })
})

describe('transform', () => {
  const transformed = (transform: (object: KubernetesObject) => KubernetesObject | null): Promise<Evaluated> =>
    evaluate(() => k8sYaml(settings, { transform }))

  it('is called for a whole list, and changes objects or leaves them out', async () => {
    const evaluated = await transformed((o) => (o.kind === 'Job' ? null : { ...o, data: { mode: 'test' } }))
    const [node] = evaluated.graph().kubernetes?.manifests ?? []
    expect(node?.transform).toEqual({ $fn: 'k8s:transform', hash: expect.any(String) })
    expect(await called(evaluated, 'k8s:transform', [settings, job])).toEqual([
      { ...settings, data: { mode: 'test' } },
      null,
    ])
  })

  it('names the object when it throws, or returns what is none', async () => {
    const of = async (transform: unknown): Promise<unknown> => {
      const evaluated = await transformed(anything(transform))
      return complaint(called(evaluated, 'k8s:transform', [job]))
    }
    const thrown = await of(() => {
      throw new TypeError('no spec')
    })
    expect(thrown).toEqual([
      {
        code: 'function/threw',
        severity: 'error',
        message: 'k8sYaml(): transform of Job/seed in shop: TypeError: no spec',
        places: expect.arrayContaining([place]),
      },
    ])
    expect(await of(() => undefined)).toMatchObject([
      {
        message: 'k8sYaml(): transform of Job/seed in shop: it returned nothing',
        hint: expect.stringContaining('null'),
      },
    ])
    expect(await of(async () => job)).toMatchObject([{ message: expect.stringContaining('got a promise') }])
    expect(await of(() => ({ ...job, metadata: {} }))).toMatchObject([
      { message: 'k8sYaml(): transform of Job/seed in shop: Job: `metadata.name` must be a string, but it is missing' },
    ])
  })

  it('has an id of its own at each call', async () => {
    const evaluated = await evaluate(() => {
      k8sYaml(settings, { transform: (o) => o })
      k8sYaml(job, { transform: () => null })
    })
    expect(evaluated.graph().kubernetes?.manifests.map(({ transform }) => transform?.$fn)).toEqual([
      'k8s:transform',
      'k8s:transform#2',
    ])
    expect(await called(evaluated, 'k8s:transform#2', [job])).toEqual([null])
  })
})

describe('filterYaml', () => {
  it('KY-05: parts the same sources into those that match and the rest, by regular expressions and labels', async () => {
    const evaluated = await evaluate(() => {
      const [jobs, rest] = filterYaml([settings, job], {
        kind: /^Job$/,
        name: 'se+d',
        labels: { app: 'a' },
        namespace: '',
      })
      k8sYaml([jobs, rest])
    })
    const selector = { labels: { app: 'a' }, name: 'se+d', kind: '^Job$' }
    const within = [{ type: 'objects', objects: [settings, job] }]
    expect(sources(evaluated)).toEqual([
      [
        { type: 'filter', sources: within, selector, keep: 'matching' },
        { type: 'filter', sources: within, selector, keep: 'rest' },
      ],
    ])
  })

  it('KY-05: refuses what is no regular expression, and unknown fields', async () => {
    const evaluated = await evaluate(() => {
      filterYaml(settings, { name: 'a(' })
      filterYaml(settings, anything({ nmae: 'a' }))
    })
    expect(messages(evaluated)).toEqual([
      'filterYaml(): `name`: "a(" is no regular expression: Unterminated group',
      'filterYaml() has no option `nmae`',
    ])
  })
})

describe('decodeYaml', () => {
  it('takes yaml`…`, and says that what is rendered later has no text yet', async () => {
    let decoded: unknown
    const { errors } = await evaluate(
      () => {
        decoded = decodeYaml(yaml`a: b`)
        decodeYaml(kustomize('.'))
      },
      { files: {} },
    )
    expect(decoded).toEqual({ a: 'b' })
    expect(errors).toMatchObject([
      { message: 'decodeYaml(): what kustomize() returns has no text yet', hint: 'Write: await renderYaml(…)' },
    ])
  })
})

describe('renderYaml', () => {
  const document = (object: KubernetesManifest) => ({ object, place: { file: '/x.yaml', line: 1, column: 1 } })
  const rendering = (answer: Partial<RenderedManifests>, asked: unknown[] = []): EvaluateOptions => ({
    render: async (sources) => {
      asked.push(sources)
      return { documents: [], diagnostics: [], reads: [], ...answer }
    },
    files: { 'chart/Chart.yaml': '' },
  })

  it('asks the engine, hands out objects, and takes what was read for reads of the config', async () => {
    const asked: unknown[] = []
    let objects: readonly KubernetesObject[] = []
    const { folder, result, errors } = await evaluate(
      async () => {
        objects = await renderYaml(helm('chart'))
      },
      rendering({ documents: [document(settings)], reads: [{ path: '/chart', kind: 'tree' }] }, asked),
    )
    expect(errors).toEqual([])
    expect(objects).toEqual([settings])
    expect(asked).toMatchObject([[{ type: 'helm', chart: join(folder, 'chart') }]])
    expect(result.reads).toContainEqual({ path: '/chart', kind: 'tree' })
  })

  it('throws what is wrong with the manifests at its place in them, then that of the call', async () => {
    const wrong = { file: '/x.yaml', line: 7, column: 3 }
    const { errors } = await evaluate(
      async () => void (await renderYaml(settings)),
      rendering({
        diagnostics: [{ code: 'config/invalid-manifest', severity: 'error', message: 'twice', places: [wrong] }],
      }),
    )
    expect(errors).toMatchObject([{ code: 'config/invalid-manifest', message: 'twice', places: [wrong, place] }])
  })

  it('hands on warnings, and must be awaited', async () => {
    const { errors, warnings } = await evaluate(
      () => {
        void renderYaml(settings)
      },
      rendering({ diagnostics: [{ code: 'config/warning', severity: 'warning', message: 'old', places: [] }] }),
    )
    expect(warnings).toMatchObject([{ message: 'old', places: [place] }])
    expect(errors).toMatchObject([{ code: 'config/unawaited' }])
  })
})
