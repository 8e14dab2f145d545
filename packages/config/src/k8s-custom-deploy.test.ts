import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dockerBuild } from './docker-build.js'
import { k8sCustomDeploy } from './k8s-custom-deploy.js'
import { sync } from './live-update.js'
import { evaluate } from './testing/evaluate.js'

const anything = (value: unknown): never => value as never
const place = expect.objectContaining({ file: expect.stringContaining('k8s-custom-deploy.test.ts') })
const files = { Dockerfile: 'FROM scratch', 'src/a.ts': '' }

describe('k8sCustomDeploy', () => {
  it('KD-01: keeps both commands with their surroundings, what they depend on, and the images they need', async () => {
    const { graph, folder } = await evaluate(
      () => {
        const image = dockerBuild('shop/api', '.')
        k8sCustomDeploy('api', {
          applyCmd: ['apply'],
          applyTimeout: '2m',
          deleteCmd: () => undefined,
          deps: ['./src', false],
          ignore: '*.md',
          env: { A: 1, B: 2 },
          applyEnv: { B: 3 },
          deleteDir: 'src',
          imageDeps: [image],
          containerSelector: 'main',
          liveUpdate: [sync('./src', '/app')],
          labels: 'x',
        })
      },
      { files },
    )
    const src = join(folder, 'src')
    expect(graph().kubernetes?.customDeploys).toMatchObject([
      {
        kind: 'k8s-custom',
        name: 'api',
        place,
        labels: ['x'],
        deploy: {
          apply: { command: { argv: ['apply'] }, dir: folder, env: { A: '1', B: '3' } },
          remove: { command: { fn: { $fn: 'k8s:api/delete' } }, dir: src, env: { A: '1', B: '2' } },
          applyTimeoutMs: 120_000,
          deps: [src],
          ignores: [
            { basePath: src, patterns: ['.git', '**/.tiltts'] },
            { basePath: src, patterns: ['*.md'] },
          ],
          imageDeps: [{ name: 'shop/api', place }],
          containerSelector: 'main',
          liveUpdate: { syncs: [{ localPath: src, containerPath: '/app' }] },
        },
      },
    ])
    expect(structuredClone(graph())).toEqual(graph())
  })

  it('KD-01: needs both commands, neither of them empty', async () => {
    const { errors } = await evaluate(() => {
      k8sCustomDeploy('a', anything({ applyCmd: 'a', deps: [] }))
      k8sCustomDeploy('b', anything({ deleteCmd: 'a' }))
      k8sCustomDeploy('c', { applyCmd: '', deleteCmd: ' ', deps: [] })
    })
    expect(errors.map(({ message }) => message)).toEqual([
      'k8sCustomDeploy("a") has no deleteCmd',
      'k8sCustomDeploy("b") has no applyCmd, no deps',
      expect.stringContaining('k8sCustomDeploy("c"): `applyCmd` must be a command'),
      expect.stringContaining('k8sCustomDeploy("c"): `deleteCmd` must be a command'),
    ])
  })

  it('KD-03: a live update needs either the image or the container', async () => {
    const { errors } = await evaluate(
      () => {
        const base = { applyCmd: 'a', deleteCmd: 'b', deps: './src' }
        const live = (): [ReturnType<typeof sync>] => [sync('./src', '/app')]
        k8sCustomDeploy('good', { ...base, imageSelector: 'shop/api', liveUpdate: live() })
        k8sCustomDeploy('plain', { ...base, liveUpdate: [] })
        k8sCustomDeploy('none', { ...base, liveUpdate: live() })
        k8sCustomDeploy('both', { ...base, liveUpdate: live(), imageSelector: 'x', containerSelector: 'y' })
        k8sCustomDeploy('bad', { ...base, liveUpdate: live(), imageSelector: 'Shop/API' })
      },
      { files },
    )
    expect(errors.map(({ message }) => message)).toEqual([
      'k8sCustomDeploy("none") has liveUpdate, but neither imageSelector nor containerSelector',
      'k8sCustomDeploy("both") has both imageSelector and containerSelector',
      expect.stringContaining('k8sCustomDeploy("bad"): `imageSelector`'),
    ])
  })

  it('KD-04: takes images as they were declared, and nothing else', async () => {
    const { errors } = await evaluate(() => {
      k8sCustomDeploy('a', { applyCmd: 'a', deleteCmd: 'b', deps: [], imageDeps: anything(['shop/api']) })
    })
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('`imageDeps` must be an image, as dockerBuild and customBuild return it'),
    ])
  })
})
