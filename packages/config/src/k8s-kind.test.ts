import { describe, expect, it } from 'vitest'
import { k8sImageJsonPath, k8sKind } from './k8s-kind.js'
import { evaluate } from './testing/evaluate.js'

const anything = (value: unknown): never => value as never
const place = expect.objectContaining({ file: expect.stringContaining('k8s-kind.test.ts') })

describe('k8sKind', () => {
  it('KK-01: keeps kinds with where they name images, one path or several, or two fields', async () => {
    const imageObject = { jsonPath: '{.spec.runtime}', repoField: 'image', tagField: 'tag' }
    const { graph } = await evaluate(() => {
      k8sKind('Machine', { apiVersion: 'example.com/v1', imageJsonPath: '{.spec.image}', podReadiness: 'ignore' })
      k8sKind(/^Fission$/, { imageObject })
      k8sKind('Plain', { imageJsonPath: ['{.a}', '{.b}'] })
    })
    expect(graph().kubernetes?.kinds).toEqual([
      {
        kind: 'Machine',
        apiVersion: 'example.com/v1',
        imageJsonPaths: ['{.spec.image}'],
        podReadiness: 'ignore',
        place,
      },
      { kind: '^Fission$', imageJsonPaths: [], imageObject, place },
      { kind: 'Plain', imageJsonPaths: ['{.a}', '{.b}'], place },
    ])
  })

  it('KK-01: refuses both image options, an image object that is not whole, and what is no regular expression', async () => {
    const { errors } = await evaluate(() => {
      const imageObject = { jsonPath: '{.a}', repoField: 'b', tagField: 'c' }
      k8sKind('A', { imageJsonPath: '{.a}', imageObject })
      k8sKind('A', { imageObject: anything({ jsonPath: '{.a}', repoField: 'b' }) })
      k8sKind('A(')
      k8sKind('')
      k8sKind('A', { podReadiness: anything('never') })
    })
    expect(errors.map(({ message }) => message)).toEqual([
      'k8sKind("A") has both imageJsonPath and imageObject',
      expect.stringContaining('`imageObject` must be an object of jsonPath, repoField and tagField'),
      'k8sKind(): "A(" is no regular expression: Unterminated group',
      'k8sKind(): expected the name of a kind, got ""',
      expect.stringContaining("`podReadiness` must be 'wait' or 'ignore' or 'succeeded'"),
    ])
  })
})

describe('k8sImageJsonPath', () => {
  it('KK-04: keeps paths with the objects they are about', async () => {
    const { graph } = await evaluate(() => {
      k8sImageJsonPath('{.spec.image}', { kind: '^Workflow$', name: /nightly/i })
      k8sImageJsonPath(['{.a}', '{.b}'], { namespace: 'shop' })
    })
    expect(graph().kubernetes?.imagePaths).toEqual([
      { paths: ['{.spec.image}'], selector: { kind: '^Workflow$', name: 'nightly' }, place },
      { paths: ['{.a}', '{.b}'], selector: { namespace: 'shop' }, place },
    ])
  })

  it('KK-04: needs a kind, a name or a namespace, and a path', async () => {
    const { errors } = await evaluate(() => {
      k8sImageJsonPath('{.a}')
      k8sImageJsonPath('{.a}', { apiVersion: 'v1' })
      k8sImageJsonPath([], { kind: 'A' })
    })
    const vague = 'k8sImageJsonPath() does not say which objects it is about'
    expect(errors.map(({ message }) => message)).toEqual([
      vague,
      vague,
      "k8sImageJsonPath(): expected paths such as '{.spec.image}', got []",
    ])
  })
})
