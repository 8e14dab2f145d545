import { describe, expect, it } from 'vitest'
import { skipReason } from '../../support/requires.js'
import { runTiltts, startTiltts } from '../../support/tiltts.js'
import { configOf, deployment, kubectlWith, luckProject, podOf, times, waits } from '../luck-project.js'

const skip = skipReason('kubernetes', 'testbed')

describe.skipIf(skip !== undefined)(`a node that is full${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('RDY-01, CI-08: pods that have no room are named with the reason, also by ci; they go on by themselves when there is room', async () => {
    const wants = (cpu: string): object => ({ resources: { requests: { cpu } } })
    const project = await luckProject(configOf(deployment('api', waits, {}, wants('600m'))))
    // Of two cores, so that neither the pods of others nor those without a request are hindered.
    const { spec } = podOf({}, waits, {}, wants('1500m')) as { readonly spec: object }
    const metadata = { name: 'filler', namespace: project.namespace }
    kubectlWith({ apiVersion: 'v1', kind: 'Pod', metadata, spec }, 'apply', '-f', '-')
    await project.kubectl('wait', '--for=condition=Ready', 'pod/filler', '--timeout=30s')

    const ci = await runTiltts(project, ['ci', '--timeout', '10s'])
    expect(ci.code).toBe(1)
    expect(ci.stderr.split('\n')[0]).toMatch(/^Error: Timeout after 10s: .*api.*Unschedulable: .*Insufficient cpu/)
    expect(times(ci.stdout, 'Insufficient cpu')).toBeGreaterThan(0)

    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('Insufficient cpu', 30_000)
    expect(dev.stdout()).not.toContain('is ready')
    await project.kubectl('delete', 'pod', 'filler', '--wait=false')
    await dev.printed('1 resource is ready', 30_000)
    expect(times(dev.stdout(), 'Insufficient cpu')).toBeLessThanOrEqual(2)
  })
})
