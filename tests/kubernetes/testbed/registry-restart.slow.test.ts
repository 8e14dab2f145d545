import { describe, expect, it } from 'vitest'
import { skipReason } from '../../support/requires.js'
import { runTiltts, startTiltts } from '../../support/tiltts.js'
import { clusterProject, docker } from '../cluster-project.js'
import { configOf, deployment, said, times } from '../luck-project.js'
import { partAway } from './part-away.js'

const skip = skipReason('docker', 'kubernetes', 'testbed')
const registry = process.env['TESTBED_REGISTRY'] ?? ''
const speaks = "trap 'exit 0' TERM; cat /app/text; while :; do sleep 0.1; done"

describe.skipIf(skip !== undefined)(`a registry that goes away${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('PUSH-05: a push says what is not there, and nothing is applied; back again, a trigger or an edit succeeds', async () => {
    const project = await clusterProject(
      `import { dockerBuild } from 'tiltts'\ndockerBuild('IMAGE', 'api')\n${configOf(deployment('api', speaks, {}, { image: 'IMAGE' }))}`,
      { 'api/Dockerfile': 'FROM busybox\nCOPY text /app/text\n', 'api/text': 'one.\n' },
    )
    const dev = startTiltts(project, ['dev', '--port', '0', '--namespace', project.namespace])
    await dev.printed('1 resource is ready', 60_000)
    await dev.printed('one.')
    const generation = (): Promise<string> =>
      project.kubectl('get', 'deployment', 'api', '-o', 'jsonpath={.metadata.generation}')
    const before = await generation()
    const registryBack = await partAway('registry')
    project.write('api/text', 'two.\n')
    await dev.printed(new RegExp(`cannot push ${registry}/.*Is there a registry at ${registry}`), 30_000)
    expect(await generation()).toBe(before)
    await registryBack()
    expect((await runTiltts(project, ['trigger', 'api'])).code).toBe(0)
    await dev.printed('two.', 40_000)
    project.write('api/text', 'three.\n')
    await dev.printed('three.', 40_000)
    expect(times(said(dev), 'cannot push')).toBeLessThanOrEqual(2)
  })

  it('RDY-03: an image that a pod cannot pull is named, and the pod runs when the registry is back', async () => {
    const project = await clusterProject('', { Dockerfile: 'FROM busybox\nCOPY tilt.config.ts /\n' })
    const image = `${registry}/${project.namespace}_api:1`
    await docker('build', '--quiet', '--tag', image, project.folder)
    await docker('push', image)
    project.write('tilt.config.ts', configOf(deployment('api', 'echo here.; sleep 1000', {}, { image })))
    const registryBack = await partAway('registry')
    const dev = startTiltts(project, ['dev', '--port', '0', '--namespace', project.namespace])
    await dev.printed(new RegExp(`Failed to pull image "${image}".*connection refused`), 30_000)
    expect(dev.stdout()).not.toContain('is ready')
    await registryBack()
    await dev.printed('1 resource is ready', 60_000)
    await dev.printed('here.')
  })
})
