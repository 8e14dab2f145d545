import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { startTiltts } from '../support/tiltts.js'
import { configMap, configOf, deployment, luckProject, said, times } from './luck-project.js'

const skip = skipReason('kubernetes')
const away = 'the Kubernetes cluster at'
const back = 'The cluster answers again'

describe.skipIf(skip !== undefined)(`an API server that goes away${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('CLU-01: is asked until it comes, which is said once; then all starts by itself', async () => {
    const project = await luckProject(configOf(deployment('api')))
    await project.door.shut()
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(away)
    await sleep(10_000)
    expect(times(said(dev), away)).toBe(1)
    await project.door.open()
    await dev.printed('1 resource is ready', 40_000)
    expect(times(said(dev), back)).toBe(1)
    expect(times(dev.stdout(), 'Update failed')).toBe(0)
  })

  it('in the middle of an apply: the apply begins again when it comes back, and all is there', async () => {
    const maps = Array.from({ length: 30 }, (_, index) => configMap(`map-${index}`))
    const project = await luckProject(configOf(...maps, deployment('api')))
    project.door.answer(/^PATCH .*map-/, { status: 0, delayMs: 300 })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await until(
      'some are there',
      () => project.door.asked.filter((text) => /^PATCH .*map-/.test(text)).length > 12,
      30_000,
    )
    await project.door.shut()
    await dev.printed(away)
    await sleep(10_000)
    await project.door.open()
    await dev.printed(/resources are ready/, 40_000)
    expect(times(said(dev), away)).toBe(1)
    expect(times(said(dev), back)).toBe(1)
    expect(times(dev.stdout(), 'Update failed')).toBe(0)
    expect(await project.kubectl('get', 'configmaps', '-o', 'name')).toContain('map-29')
    expect((await project.kubectl('get', 'configmaps', '-o', 'name')).match(/map-/g)).toHaveLength(30)
  })

  it('while pods run, which go on and are heard in full; what happened meanwhile is seen', async () => {
    const project = await luckProject(
      configOf(deployment('api', `i=0; trap 'exit 0' TERM; while :; do i=$((i+1)); echo "line $i."; sleep 0.1; done`)),
    )
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('line 10.', 40_000)
    await project.door.shut()
    await dev.printed(away, 30_000)
    await sleep(10_000)
    await project.door.open()
    await dev.printed(back, 30_000)
    const lines = (): string[] => dev.stdout().match(/line \d+\./g) ?? []
    const before = lines().length
    await until('more is heard', () => lines().length > before + 20, 20_000)
    expect(lines()).toEqual(lines().map((_, index) => `line ${index + 1}.`))
    expect(times(said(dev), away)).toBe(1)
    expect(times(dev.stdout(), 'Initial Build')).toBe(1)
    await project.kubectl('delete', 'pod', '-l', 'app=api', '--wait=false')
    await until('a new pod is heard', () => times(dev.stdout(), 'line 1.') > 1, 20_000)
  })
})
