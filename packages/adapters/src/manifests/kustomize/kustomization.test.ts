import { fakeFiles } from '@tiltts/runtime/testing'
import { expect, it } from 'vitest'
import { readKustomization } from './kustomization.js'

it('KY-08: names what comes from elsewhere, and follows what does not', async () => {
  const files = fakeFiles({
    '/k/kustomization.yaml': `resources:
- https://github.com/acme/base?ref=v1
- github.com/acme/other
- git@github.com:acme/third.git
- ssh://git@example.com/x
- local
- more.yaml
bases: [../base]
patchesStrategicMerge:
- patch.yaml
- |-
  apiVersion: v1
  kind: ConfigMap
patchesJson6902: [{path: json.yaml, target: {kind: A}}, {patch: "[]"}]
replacements: [{path: replace.yaml}]
transformers: [trans]
crds: [crd.json]
openapi: {path: schema.json}
helmGlobals: {chartHome: ../charts}
helmCharts: [{name: db, valuesFile: values.yaml}, {name: web, repo: "https://charts.example.com"}]
`,
    '/k/local/kustomization.yaml': 'resources: [../../k]',
    '/k/trans/kustomization.yaml': 'resources: [t.yaml]',
    '/base/Kustomization': '[no mapping',
  })
  const { reads, remote, kustomizations } = await readKustomization(files, '/k')
  expect(remote).toEqual([
    'https://github.com/acme/base?ref=v1',
    'github.com/acme/other',
    'git@github.com:acme/third.git',
    'ssh://git@example.com/x',
    'https://charts.example.com',
  ])
  expect([...kustomizations.keys()].sort()).toEqual([
    '/base/Kustomization',
    '/k/kustomization.yaml',
    '/k/local/kustomization.yaml',
    '/k/trans/kustomization.yaml',
  ])
  expect(reads.map(({ path, kind }) => `${kind} ${path}`).sort()).toEqual([
    'file /base/Kustomization',
    'file /k/crd.json',
    'file /k/json.yaml',
    'file /k/kustomization.yaml',
    'file /k/local/kustomization.yaml',
    'file /k/more.yaml',
    'file /k/patch.yaml',
    'file /k/replace.yaml',
    'file /k/schema.json',
    'file /k/trans/kustomization.yaml',
    'file /k/trans/t.yaml',
    'file /k/values.yaml',
    'tree /charts/db',
  ])
})

it('KY-08: a folder without a kustomization is waited for', async () => {
  const { reads } = await readKustomization(fakeFiles(), '/k')
  expect(reads.map(({ path }) => path)).toEqual(['/k/kustomization.yaml', '/k/kustomization.yml', '/k/Kustomization'])
})
