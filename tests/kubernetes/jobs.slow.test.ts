import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { skipReason } from '../support/requires.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import { configOf, deployment, job, luckProject, said } from './luck-project.js'

const skip = skipReason('kubernetes')

describe.skipIf(skip !== undefined)(`jobs in a session${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('TRIG-08: trigger --wait ends when the Job has ended, with its result', async () => {
    const project = await luckProject(configOf(job('seed', 'sleep 2; echo seeded'), job('broken', 'sleep 1; exit 7')))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('seeded', 40_000)
    const uid = (name: string) => project.kubectl('get', 'job', name, '-o', 'jsonpath={.metadata.uid}')
    const before = await uid('seed')
    const well = await runTiltts(project, ['trigger', 'seed', '--wait'])
    const status = await project.kubectl('get', 'job', 'seed', '-o', 'jsonpath={.status.succeeded}')
    expect({ code: well.code, status }).toEqual({ code: 0, status: '1' })
    expect(await uid('seed')).not.toBe(before)
    expect(well.stdout).toContain('seed succeeded')
    const badly = await runTiltts(project, ['trigger', 'broken', '--wait'])
    expect(badly).toMatchObject({ code: 1, stdout: expect.stringMatching(/broken failed: Job broken failed: .*7/) })
  })

  it('DISC-03: a Job that is tidied away after its end has done its work', async () => {
    const project = await luckProject(configOf(job('seed', 'sleep 1'), deployment('api')))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('resources are ready', 40_000)
    await project.kubectl('delete', 'job', 'seed', '--cascade=foreground', '--wait=true')
    await sleep(2000)
    const { stdout } = await runTiltts(project, ['get', 'resources'])
    expect(stdout).not.toMatch(/deleted/)
    expect(said(dev)).not.toContain('was removed by something else')
    expect((await runTiltts(project, ['trigger', 'seed', '--wait'])).code).toBe(0)
  })

  it('LOG-02: a readiness probe that fails while a container comes up is not worth a warning', async () => {
    const probe = { readinessProbe: { exec: { command: ['test', '-e', '/tmp/up'] }, periodSeconds: 1 } }
    const script = 'sleep 4; touch /tmp/up; sleep 5; rm /tmp/up; while :; do sleep 0.1; done'
    const project = await luckProject(configOf(deployment('api', script, {}, probe)))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('1 resource is ready', 40_000)
    expect(said(dev)).not.toContain('Readiness probe failed')
    await dev.printed('Readiness probe failed', 30_000)
  })
})
