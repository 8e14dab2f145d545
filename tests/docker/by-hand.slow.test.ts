import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import { composeConfig, docker, dockerProject, said, service, times, waits } from './docker-project.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`what others do to containers${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('a container that is removed or stopped by hand: it is said once, and a trigger brings it back', async () => {
    const project = await dockerProject(composeConfig, {
      api: service(`echo hello; ${waits}`),
      web: service('echo web; sleep 600'),
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('All 2 resources are ready', 30_000)
    await docker('rm', '--force', await project.running('api'))
    await dev.printed('api-1 was removed by something else than tiltts: `tiltts trigger api` makes it again')
    await docker('kill', await project.running('web'))
    await dev.printed('web-1 exited with code 137')
    expect((await runTiltts(project, ['trigger', 'api'])).code).toBe(0)
    await until('it runs again', async () => (await project.running('api')) !== '', 20_000)
    await dev.printed(/hello[\s\S]*hello/)
    await sleep(500)
    expect(times(said(dev), 'was removed by')).toBe(1)
    expect(times(said(dev), 'web-1 exited with code')).toBe(1)
    expect(times(said(dev), 'Initial Build')).toBe(2)
  })

  it('an image that is removed by hand is built again at the next start', async () => {
    const project = await dockerProject(
      `${composeConfig}dockerBuild('NAME/api', './api')\n`,
      { api: { image: 'NAME/api', stop_grace_period: '1s' } },
      { 'api/Dockerfile': `FROM busybox\nCMD ["sh", "-c", "echo hello; ${waits}"]\n` },
    )
    expect((await runTiltts(project, ['ci'])).code).toBe(0)
    await docker('rm', '--force', await project.running('api'))
    const images = await docker('images', '-q', '--filter', `reference=${project.name}/*`)
    await docker('rmi', '--force', ...new Set(images.split('\n')))
    const again = await runTiltts(project, ['ci'])
    expect(again).toMatchObject({ code: 0 })
    expect(again.stdout).toMatch(/1 steps?, .*|\[1\/1\] FROM/)
    expect(await project.running('api')).not.toBe('')
  })

  it('CI-03: a container that fails ends the run, and its last words are there', async () => {
    const project = await dockerProject(composeConfig, {
      ok: service('echo done'),
      bad: service('echo "no database"; exit 3'),
    })
    const end = await runTiltts(project, ['ci'])
    expect(end.code).toBe(1)
    expect(end.stderr).toContain('Error: bad: container exited with code 3\n')
    expect(times(end.stdout, 'bad │ no database')).toBe(1)
    expect(end.stdout).toMatch(/bad +failed: exited with code 3/)
    expect(end.stdout).toMatch(/bad │ no database\n.*bad-1 exited with code 3\n/)
  })

  it('CI-03: a crash loop fails the run after five short lives, each of them heard', async () => {
    const project = await dockerProject(composeConfig, {
      crash: service('echo crashing; exit 4', { restart: 'always' }),
    })
    const end = await runTiltts(project, ['ci'])
    expect(end.code).toBe(1)
    expect(end.stderr).toContain('Error: crash: container exited with code 4, 5 times in a row\n')
    expect(times(end.stdout, 'crash │ crashing')).toBeGreaterThanOrEqual(5)
    expect(end.stdout + end.stderr).toContain('exited with code 4, and is started again')
  })

  it('CI-09: a service that stays unhealthy is named, with what its health check said last', async () => {
    const project = await dockerProject(
      "import { ciSettings, dockerCompose } from 'tiltts'\ndockerCompose('./compose.yaml')\nciSettings({ readinessTimeout: '3s' })\n",
      {
        db: service(waits, { healthcheck: { test: 'echo no disk; exit 1', interval: '300ms', retries: 2 } }),
        api: service(waits, { depends_on: { db: { condition: 'service_healthy' } } }),
      },
    )
    const end = await runTiltts(project, ['ci'])
    expect(end.code).toBe(1)
    expect(end.stderr).toContain('Readiness timeout after 3s: target db:runtime not ready')
    expect(end.stdout).toMatch(/db +not ready: unhealthy: no disk/)
    expect(end.stdout).toContain('db: the last answer of its health check:\n  no disk\n')
    expect(end.stdout).toMatch(/api +(waiting: )?waiting for db/)
    expect(await project.container('api')).toBe('')
  })

  it('DC-10: each condition of depends_on is waited for', async () => {
    const project = await dockerProject(composeConfig, {
      api: service(`echo api is up; ${waits}`, {
        depends_on: {
          cache: { condition: 'service_started' },
          db: { condition: 'service_healthy' },
          migrate: { condition: 'service_completed_successfully' },
        },
      }),
      cache: service(`echo cache is up; ${waits}`),
      db: service(`sleep 1; echo db is up; touch /ok; ${waits}`, {
        healthcheck: { test: 'test -e /ok', interval: '200ms', retries: 100 },
      }),
      migrate: service('sleep 1; echo migrated', { depends_on: { db: { condition: 'service_healthy' } } }),
    })
    const end = await runTiltts(project, ['ci'])
    expect(end.code).toBe(0)
    const order = ['db is up', 'migrated', 'api is up'].map((text) => end.stdout.indexOf(`│ ${text}`))
    expect(order.every((at) => at > 0)).toBe(true)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(end.stdout.indexOf('│ cache is up')).toBeLessThan(order[2] ?? 0)
  })

  it('DC-08: an edit of the compose file makes anew just what it changes', async () => {
    const both = { api: service(`echo api runs; ${waits}`), web: service(`echo web runs; ${waits}`) }
    const project = await dockerProject(composeConfig, both)
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('All 2 resources are ready', 30_000)
    const [api, web] = [await project.running('api'), await project.running('web')]
    project.services({ ...both, api: service(`echo api is new; ${waits}`) })
    await dev.printed('api is new', 30_000)
    expect(await project.running('api')).not.toBe(api)
    expect(await project.running('web')).toBe(web)
    expect(times(said(dev), 'was removed by')).toBe(0)
    expect(times(said(dev), 'web runs')).toBe(1)
  })

  it('DIS-01, DIS-02, TRIG-06: a service is switched off, cannot be triggered, and comes back', async () => {
    const project = await dockerProject(composeConfig, { api: service(`echo hello; ${waits}`), web: service(waits) })
    const select = (...names: readonly string[]): void =>
      project.write(
        'tilt.config.ts',
        `import { dockerCompose, setEnabledResources } from 'tiltts'\ndockerCompose('./compose.yaml')\nsetEnabledResources(${JSON.stringify(names)})\n`,
      )
    select('api', 'web')
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('All 2 resources are ready', 30_000)
    const web = await project.running('web')
    select('web')
    await until('its container is gone', async () => (await project.container('api')) === '', 20_000)
    const refused = await runTiltts(project, ['trigger', 'api'])
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('currently disabled')
    select('api', 'web')
    await dev.printed(/hello[\s\S]*hello/, 30_000)
    expect(await project.running('web')).toBe(web)
    expect(times(said(dev), 'was removed by')).toBe(0)
  })
})
