import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KubectlSession, kubectlSession } from '../support/kubectl.js'
import { skipReason } from '../support/requires.js'

const skip = skipReason('kubectl')
const config = `import { localResource } from 'tiltts'
localResource('api', { serveCmd: 'echo serving; sleep 1000', labels: ['backend'] })
localResource('broken', { cmd: 'echo no; exit 3', labels: ['backend'] })
localResource('by-hand', { cmd: 'true', triggerMode: 'manual', autoInit: false })
`

describe.skipIf(skip !== undefined)(`kubectl and a session${skip ? ` (skipped: ${skip})` : ''}`, () => {
  let world: KubectlSession
  const kubectl: KubectlSession['kubectl'] = (args, input) => world.kubectl(args, input)

  beforeAll(async () => {
    world = await kubectlSession(config)
  }, 60_000)
  afterAll(() => world.end())

  it('API-05, API-09: prints what tells of resources, and their fields in every way it knows', async () => {
    const { out } = await kubectl(['get', 'uiresources'])
    expect(out).toMatch(/^NAME +TYPE +UPDATE +RUNTIME +DISABLED +WAITING-ON +AGE$/m)
    expect(out).toMatch(/^api +local +not_applicable +ok +\d+m?\d*s?$/m)
    expect(out).toMatch(/^broken +local +error +not_applicable/m)
    expect((await kubectl(['get', 'uiresources', '-l', 'backend', '-o', 'name'])).out).toBe(
      'uiresource.tilt.dev/api\nuiresource.tilt.dev/broken\n',
    )
    const path = "jsonpath={range .items[*]}{.metadata.name}={.status.updateStatus}{'\\n'}{end}"
    expect((await kubectl(['get', 'uiresources', '-o', path])).out).toContain('broken=error\n')
    const columns = 'custom-columns=N:.metadata.name,R:.status.runtimeStatus'
    expect((await kubectl(['get', 'uiresource', 'api', '-o', columns])).out).toMatch(/^N +R\napi +ok\n$/)
    const list = JSON.parse((await kubectl(['get', 'uiresources', '-o', 'json'])).out)
    expect(list).toMatchObject({ kind: 'List', apiVersion: 'v1' })
    expect((await kubectl(['get', 'uiresource', 'api', '-o', 'yaml'])).out).toContain('kind: UIResource')
  })

  it('API-07: knows the kinds, describes objects and explains fields', async () => {
    const { out } = await kubectl(['api-resources', '--api-group', 'tilt.dev'])
    expect(out).toMatch(/^filewatches +fw +tilt.dev\/v1alpha1 +false +FileWatch$/m)
    expect((await kubectl(['explain', 'filewatch.spec.watchedPaths'])).out).toContain('Absolute')
    expect((await kubectl(['describe', 'session', 'Tiltfile'])).out).toMatch(/Exit Condition: +manual/)
  })

  it('API-14: waits for conditions, and watches from what there is to what comes', async () => {
    const late = await kubectl(['wait', 'uiresource/broken', '--for=condition=Ready', '--timeout=1s'])
    expect(late).toMatchObject({ code: 1, err: expect.stringContaining('timed out waiting for the condition') })
    const watch = kubectl(['get', 'configmaps', '--watch', '-o', 'name', '--request-timeout=3s'])
    await kubectl(['create', '-f', '-'], manifest('watched', '1'))
    expect((await watch).out).toContain('configmap.tilt.dev/watched')
    await kubectl(['delete', 'configmap.tilt.dev', 'watched'])
  })

  it('API-10: creates, applies in both ways, patches in all ways, labels and deletes', async () => {
    expect((await kubectl(['apply', '-f', '-'], manifest('a', '1'))).out).toBe('configmap.tilt.dev/a created\n')
    expect((await kubectl(['apply', '-f', '-'], manifest('a', '1'))).out).toBe('configmap.tilt.dev/a unchanged\n')
    expect((await kubectl(['apply', '-f', '-'], manifest('a', '2'))).out).toBe('configmap.tilt.dev/a configured\n')
    const server = await kubectl(['apply', '--server-side', '-f', '-'], manifest('a', '2'))
    expect(server).toMatchObject({ code: 0, out: 'configmap.tilt.dev/a serverside-applied\n', err: '' })
    const patches = [
      ['strategic', '{"data":{"s":"1"}}'],
      ['merge', '{"data":{"m":"1"}}'],
      ['json', '[{"op":"add","path":"/data/j","value":"1"}]'],
    ] as const
    for (const [type, patch] of patches)
      expect(await kubectl(['patch', 'configmap.tilt.dev', 'a', '--type', type, '-p', patch])).toMatchObject({
        code: 0,
      })
    expect(await kubectl(['label', 'configmap.tilt.dev', 'a', 'team=x'])).toMatchObject({ code: 0 })
    const { data, metadata } = JSON.parse((await kubectl(['get', 'configmap.tilt.dev', 'a', '-o', 'json'])).out)
    expect({ data, labels: metadata.labels }).toEqual({
      data: { x: '2', s: '1', m: '1', j: '1' },
      labels: { team: 'x' },
    })
    expect((await kubectl(['delete', 'configmap.tilt.dev', 'a'])).out).toMatch(/^configmap.tilt.dev "a" deleted/)
    expect((await kubectl(['get', 'configmap.tilt.dev', 'a'])).err).toBe(
      'Error from server (NotFound): configmaps.tilt.dev "a" not found\n',
    )
  })

  it('API-17: is told every wrong field', async () => {
    const wrong =
      'apiVersion: tilt.dev/v1alpha1\nkind: FileWatch\nmetadata: {name: w}\nspec: {watchedPaths: x, ignores: 1}\n'
    const { code, err } = await kubectl(['create', '-f', '-'], wrong)
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringMatching(/spec\.ignores[\s\S]*spec\.watchedPaths/),
    })
  })

  it('DIS-06: a resource is disabled and enabled by its ConfigMap', async () => {
    const set = (value: string) =>
      kubectl([
        'patch',
        'configmap.tilt.dev',
        'api-disable',
        '--type',
        'merge',
        '-p',
        `{"data":{"isDisabled":"${value}"}}`,
      ])
    await set('true')
    const off = ['wait', 'uiresource/api', '--for=jsonpath={.status.disableStatus.state}=Disabled', '--timeout=20s']
    expect(await kubectl(off)).toMatchObject({ code: 0 })
    await set('false')
    expect(await kubectl(['wait', 'uiresource/api', '--for=condition=Ready', '--timeout=20s'])).toMatchObject({
      code: 0,
    })
  })

  it('API-04: has no entry any more when the session has ended', async () => {
    const { kubeconfig, session } = world
    expect(readFileSync(kubeconfig, 'utf8')).toContain('certificate-authority-data')
    await session.stop()
    expect(readFileSync(kubeconfig, 'utf8')).not.toContain('certificate-authority-data')
  })
})

const manifest = (name: string, x: string): string =>
  `apiVersion: tilt.dev/v1alpha1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {x: "${x}"}\n`
