import { describe, expect, it } from 'vitest'
import { skipReason } from '../support/requires.js'
import { tempProject } from '../support/temp-project.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import { configMap, configOf, deployment, luckProject, said } from './luck-project.js'

const skip = skipReason('kubernetes')

describe.skipIf(skip !== undefined)(`what two projects apply${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('APPLY-13, DOWN-06, GC-06: the second is told of the first, and neither takes it away from the other', async () => {
    const first = await luckProject(configOf(deployment('api'), configMap('settings'), configMap('mine')))
    const second = { ...tempProject({ 'tilt.config.ts': configOf(deployment('api'), configMap('settings')) }) }
    const other = { ...second, env: { ...second.env, KUBECONFIG: first.kubeconfig } }
    expect((await runTiltts(first, ['ci'])).code).toBe(0)
    const uids = () =>
      first.kubectl('get', 'deployments,configmaps', '-o', 'jsonpath={range .items[*]}{.metadata.uid}{end}')
    const before = await uids()
    const session = startTiltts(other, ['dev', '--port', '0'])
    await session.printed(/applies Deployment\/api/, 40_000)
    await session.printed(/applies ConfigMap\/settings/, 40_000)
    await session.printed('resources are ready', 40_000)
    expect(said(session)).toMatch(/WARNING: The project of .*tilt\.config\.ts applies Deployment\/api .*, too/)
    expect(said(session)).toContain(first.folder)
    expect(await uids()).toBe(before)

    // The first goes: what only it has, too.
    const down = await runTiltts(first, ['down'])
    expect(down).toMatchObject({ code: 0, stdout: expect.stringContaining('Deployment/api is left in the cluster') })
    expect(down.stdout).toContain('ConfigMap/mine was deleted')
    const shown = await first.kubectl('get', 'deployment', 'api', '-o', 'json', '--show-managed-fields')
    const { metadata, spec } = JSON.parse(shown) as {
      readonly metadata: {
        readonly annotations: Readonly<Record<string, string>>
        readonly managedFields: readonly { readonly manager: string }[]
      }
      readonly spec: { readonly selector: unknown }
    }
    expect(spec.selector).toEqual({ matchLabels: { app: 'api' } })
    const projects = Object.entries(metadata.annotations).filter(([name]) => name.endsWith('project.tilt.dev/config'))
    expect(projects.map(([, config]) => config)).toEqual([expect.stringContaining(second.folder)])
    expect(metadata.managedFields.filter(({ manager }) => manager.startsWith('tiltts'))).toHaveLength(1)

    // Now it is the second's alone.
    second.write('tilt.config.ts', configOf(configMap('settings')))
    await session.printed('Deployment/api', 20_000)
    await expect
      .poll(() => first.kubectl('get', 'deployment', 'api', '--ignore-not-found'), { timeout: 20_000 })
      .toBe('')
    expect(await first.kubectl('get', 'configmap', 'settings', '-o', 'name')).toBe('configmap/settings')
  })
})
