import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { skipReason } from '../support/requires.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import {
  busybox,
  configMap,
  configOf,
  deployment,
  job,
  type LuckProject,
  luckProject,
  said,
  times,
  waits,
} from './luck-project.js'

const skip = skipReason('kubernetes')

/** `ci` fails soon, and tells first why. */
async function fails(project: LuckProject, reason: RegExp): Promise<string> {
  const { code, stdout, stderr, ms } = await runTiltts(project, ['ci'])
  const all = `${stdout}\n--- stderr\n${stderr}`
  expect(all).toMatch(reason)
  expect({ code, first: stderr.split('\n')[0] }).toEqual({ code: 1, first: expect.stringMatching(reason) })
  expect(ms).toBeLessThan(15_000)
  return all
}

describe.skipIf(skip !== undefined)(`what never gets ready${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('CI-03: a crash loop fails within 15 s, with the last words of the container', async () => {
    const probe = { readinessProbe: { exec: { command: ['false'] } } }
    const script = 'echo "no database at db:5432"; sleep 0.3; exit 3'
    const project = await luckProject(configOf(deployment('api', script, {}, probe)))
    const all = await fails(project, /^Error: api: .*main.*3/m)
    expect(all).toContain('no database at db:5432')
  })

  it('CI-05: a container without a probe that is only up for a moment was never ready', async () => {
    const project = await luckProject(configOf(deployment('api', 'echo up; sleep 0.3; echo "no database"; exit 3')))
    const all = await fails(project, /^Error: api: container main exited with code 3/m)
    expect(all).toContain('no database')
  })

  it('CI-03: an image that cannot be pulled fails within 15 s, and is named', async () => {
    const project = await luckProject(
      configOf(deployment('api', waits, {}, { image: '127.0.0.1:5000/k-luck/nowhere:1' })),
    )
    await fails(project, /^Error: api: .*k-luck\/nowhere:1/m)
  })

  it('CI-03: an init container that fails is named', async () => {
    const init = [{ name: 'migrate', image: busybox, command: ['sh', '-c', 'echo no schema; exit 4'] }]
    const project = await luckProject(configOf(deployment('api', waits, { initContainers: init })))
    const all = await fails(project, /^Error: api: .*migrate/m)
    expect(all).toContain('no schema')
  })

  it('a ConfigMap that is not there: named within seconds, by the event', async () => {
    const project = await luckProject(
      configOf(
        deployment(
          'api',
          waits,
          { volumes: [{ name: 'v', configMap: { name: 'absent' } }] },
          { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
        ),
      ),
    )
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/configmap "absent" not found/, 20_000)
    const env = await luckProject(
      configOf(deployment('api', waits, {}, { envFrom: [{ configMapRef: { name: 'nosuch' } }] })),
    )
    await fails(env, /^Error: api: .*configmap "nosuch" not found/m)
  })

  it('a pod that fits on no node: named within seconds, by the event', async () => {
    const project = await luckProject(
      configOf(deployment('api', waits, {}, { resources: { requests: { cpu: '1000' } } })),
    )
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/Insufficient cpu/, 20_000)
    expect(times(dev.stdout(), 'Insufficient cpu')).toBeLessThanOrEqual(2)
  })

  it('CI-07: waits with k8sGracePeriod for what crashes at first, and passes', async () => {
    const script = `[ -e /data/ready ] || { touch /data/ready; echo first; exit 1; }; echo second; ${waits}`
    const more = { volumes: [{ name: 'v', emptyDir: {} }] }
    const api = deployment('api', script, more, { volumeMounts: [{ name: 'v', mountPath: '/data' }] })
    const settings = "import { ciSettings } from 'tiltts'\nciSettings({ k8sGracePeriod: '40s' })\n"
    const project = await luckProject(configOf(api) + settings)
    const { code, stdout, stderr } = await runTiltts(project, ['ci'])
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 })
  })

  it('CI-07: fails when the grace period is over', async () => {
    const settings = "import { ciSettings } from 'tiltts'\nciSettings({ k8sGracePeriod: '8s' })\n"
    const project = await luckProject(configOf(deployment('api', 'echo away; exit 1')) + settings)
    const { code, stderr, ms } = await runTiltts(project, ['ci'])
    expect(code).toBe(1)
    expect(ms).toBeGreaterThan(8_000)
    expect(ms).toBeLessThan(25_000)
    expect(stderr).toMatch(/api/)
  })

  it('CI-05: a Job that succeeds at the second try passes; one that never does fails with its words', async () => {
    const template = {
      restartPolicy: 'Never',
      volumes: [{ name: 'v', configMap: { name: 'schema', optional: true } }],
      containers: [
        {
          name: 'main',
          image: busybox,
          command: ['sh', '-c', '[ -e /v/there ] || { echo try one; exit 1; }; echo try two'],
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
        },
      ],
    }
    const again = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'again' },
      spec: { backoffLimit: 3, template: { spec: template } },
    }
    const project = await luckProject(configOf(again))
    const passes = startTiltts(project, ['ci'])
    await passes.printed('try one', 30_000)
    await project.kubectl('create', 'configmap', 'schema', '--from-literal=there=yes')
    const passed = await passes.finished
    expect({ code: passed.code, out: passed.stdout, err: passed.stderr }).toMatchObject({ code: 0 })
    expect(passed.stdout).toContain('try two')
    const never = await luckProject(configOf(job('seed', 'echo no table; exit 5')))
    const all = await fails(never, /^Error: seed: /m)
    expect(all).toContain('no table')
  })

  it('no cluster at all: it is said at once what is not there, and where it was looked for', async () => {
    const project = await luckProject(configOf(configMap('settings')))
    const nowhere = { KUBECONFIG: project.path('nowhere') }
    const none = startTiltts({ ...project, env: { ...project.env, ...nowhere } }, ['dev', '--port', '0'])
    await none.printed(project.path('nowhere'), 10_000)
    await project.door.shut()
    const away = startTiltts(project, ['dev', '--port', '0'])
    await away.printed(project.door.server, 10_000)
    await sleep(3000)
    expect(times(said(none), 'nowhere')).toBe(1)
    expect(times(said(away), project.door.server)).toBe(1)
  })

  it('CTX-03: a context that may be production is refused, with the line to be added', async () => {
    const project = await luckProject(configOf(configMap('settings')), { cluster: 'production-like' })
    const { code, stderr } = await runTiltts(project, ['ci'])
    expect(code).toBe(2)
    expect(stderr).toContain("allowK8sContexts('production-like')")
    expect(project.door.asked.filter((text) => text.startsWith('PATCH'))).toEqual([])
    project.write(
      'tilt.config.ts',
      `${configOf(configMap('settings'))}import { allowK8sContexts } from 'tiltts'\nallowK8sContexts('production-like')\n`,
    )
    expect((await runTiltts(project, ['ci'])).code).toBe(0)
  })

  it('a manifest that is no YAML is shown where it stands', async () => {
    const project = await luckProject("import { k8sYaml } from 'tiltts'\nk8sYaml('api.yaml')\n", {
      files: { 'api.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\n' },
    })
    const { code, stderr } = await runTiltts(project, ['ci'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/api\.yaml:5/)
    expect(stderr).toContain('name: b')
  })
})
