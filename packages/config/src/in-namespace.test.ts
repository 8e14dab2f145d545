import { expect, it } from 'vitest'
import * as builders from './builders.js'
import { evaluate } from './testing/evaluate.js'

it('manifests in a namespace are read after the evaluation, like others', async () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
  const { graph, errors } = await evaluate(() => builders.k8sYaml(builders.inNamespace(object, 'dev')))
  expect(errors).toEqual([])
  expect(graph().kubernetes?.manifests[0]?.sources).toEqual([
    { type: 'namespace', namespace: 'dev', sources: [{ type: 'objects', objects: [object] }] },
  ])
})

it('a chart of a repository needs no folder, and only such a one has a version', async () => {
  const messages = async (config: () => unknown): Promise<readonly string[]> =>
    (await evaluate(() => void config())).errors.map(({ message }) => message)
  expect(await messages(() => builders.k8sYaml(builders.helm('redis', { repo: 'acme', version: '1.0.0' })))).toEqual([])
  expect((await messages(() => builders.helm('.', { version: '1.0.0' })))[0]).toContain('are for charts of a `repo`')
})
