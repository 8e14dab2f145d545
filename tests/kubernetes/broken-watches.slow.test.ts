import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { startTiltts } from '../support/tiltts.js'
import { complaints, configMap, configOf, deployment, luckProject, times } from './luck-project.js'

const skip = skipReason('kubernetes')
const isWatch = /^GET .*[?&]watch=/
const counts = `i=0; trap 'exit 0' TERM; while :; do i=$((i+1)); echo "line $i."; sleep 0.1; done`

describe.skipIf(skip !== undefined)(`watches that break${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('cut in the middle, are taken up again from where they were: nothing is listed, said or lost', async () => {
    const project = await luckProject(configOf(deployment('api', counts)))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('line 10.', 40_000)
    const lists = (): number =>
      project.door.asked.filter((text) => /^GET .*\/pods\?/.test(text) && !isWatch.test(text)).length
    const before = lists()
    for (let turn = 0; turn < 3; turn++) {
      await sleep(1500)
      expect(project.door.cut(isWatch)).toBeGreaterThan(0)
    }
    expect(project.door.cut(/\/log\?/)).toBeGreaterThan(0)
    await project.kubectl('delete', 'pod', '-l', 'app=api', '--wait=false')
    await until('the pod that comes in its place is heard', () => times(dev.stdout(), 'line 1.') > 1, 30_000)
    expect(lists()).toBe(before)
    expect(complaints(dev)).toEqual([])
  })

  it('whose history is gone (410): all is listed again, and what happened meanwhile is seen', async () => {
    const project = await luckProject(configOf(deployment('api', counts)))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('line 10.', 40_000)
    await sleep(1100)
    const gone = { status: 410, reason: 'Expired', message: 'too old resource version' }
    project.door.answer(/^GET .*\/pods\?.*watch=/, { ...gone, asEvent: true, times: 1 })
    project.door.answer(/^GET .*\/deployments\?.*watch=/, { ...gone, times: 1 })
    project.door.cut(isWatch)
    await project.kubectl('delete', 'pod', '-l', 'app=api', '--wait=false')
    await until('the pod that comes in its place is heard', () => times(dev.stdout(), 'line 1.') > 1, 30_000)
    expect(complaints(dev)).toEqual([])
  })

  it('a server that is in trouble (500) is asked again: it ends well, and nothing fails', async () => {
    const project = await luckProject(configOf(configMap('settings'), deployment('api', counts)))
    const trouble = { status: 500, reason: 'InternalError', message: 'etcdserver: leader changed' }
    project.door.answer(/^GET .*\/pods\?/, { ...trouble, times: 3 })
    project.door.answer(/^PATCH .*\/deployments\/api/, { ...trouble, times: 2 })
    const ci = startTiltts(project, ['ci'])
    const { code, stdout, stderr } = await ci.finished
    expect({ code, stderr, stdout }).toMatchObject({ code: 0 })
    expect(stdout).not.toContain('Update failed')
  })
})
