import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../../support/processes.js'
import { skipReason } from '../../support/requires.js'
import { type RunningTiltts, startTiltts } from '../../support/tiltts.js'
import { type ClusterProject, clusterProject } from '../cluster-project.js'
import { configMap, configOf, deployment, kubectl, luckProject, said, times } from '../luck-project.js'
import { clusterAwake, partAway } from './part-away.js'

const skip = skipReason('docker', 'kubernetes', 'testbed')
const away = 'the Kubernetes cluster at'
const back = 'The cluster answers again'
const counts = `i=0; trap 'exit 0' TERM; while :; do i=$((i+1)); echo "line $i."; sleep 0.1; done`

/** Beside the door: what the server itself does when it ends and starts is met. */
const dev = (project: ClusterProject): RunningTiltts =>
  startTiltts(project, ['dev', '--port', '0', '--namespace', project.namespace])

/** Said once, and nothing was given up because of it. */
function expectOneAbsence(session: RunningTiltts): void {
  expect(times(said(session), away)).toBe(1)
  expect(times(said(session), back)).toBe(1)
  expect(said(session)).not.toContain('Update failed')
}

describe.skipIf(skip !== undefined)(`an API server that is restarted${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('CLU-01: at the start: it is waited for, and all begins by itself', async () => {
    const project = await clusterProject(configOf(deployment('api')))
    const serverBack = await partAway('apiserver')
    const session = dev(project)
    await session.printed(away)
    await sleep(6_000)
    expect(said(session)).not.toContain(back)
    await serverBack()
    await clusterAwake()
    await session.printed('1 resource is ready', 40_000)
    expectOneAbsence(session)
  })

  it('CLU-01: in the middle of an apply: the apply begins again, and all is there', async () => {
    const maps = Array.from({ length: 500 }, (_, index) => configMap(`map-${index}`))
    const project = await clusterProject(configOf(...maps, deployment('api')))
    const count = async (): Promise<number> =>
      (await project.kubectl('get', 'configmaps', '-o', 'name')).match(/map-/g)?.length ?? 0
    const session = dev(project)
    await until('some are there', async () => (await count()) > 10, 30_000)
    const serverBack = await partAway('apiserver')
    await session.printed(away)
    await session.printed('it begins again when that does')
    await sleep(6_000)
    await serverBack()
    await clusterAwake()
    await session.printed(/resources are ready/, 60_000)
    expectOneAbsence(session)
    expect(await count()).toBe(500)
  })

  it('CLU-01, PF-01, LOG-01: while pods run: they live on, are heard in full, and are reached by the same forward', async () => {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const serves = `mkdir /tmp/www && echo here > /tmp/www/index.html && httpd -p 8080 -h /tmp/www; ${counts}`
    const config = `${configOf(deployment('api', serves))}import { k8sResource } from 'tiltts'\nk8sResource('api', { portForwards: '${port}:8080' })\n`
    const project = await clusterProject(config)
    const session = dev(project)
    const ask = (): Promise<string> =>
      fetch(`http://localhost:${port}/index.html`, { signal: AbortSignal.timeout(3000) }).then(
        (response) => response.text(),
        () => 'failed',
      )
    const pods = (): Promise<string> => project.kubectl('get', 'pods', '-o', 'jsonpath={.items[*].metadata.uid}')
    await session.printed('line 10.', 40_000)
    await until('it answers', async () => (await ask()) === 'here\n')
    const before = await pods()
    const serverBack = await partAway('apiserver')
    await session.printed(away, 30_000)
    await sleep(6_000)
    await serverBack()
    await session.printed(back, 30_000)
    await until('it answers again', async () => (await ask()) === 'here\n')
    const lines = (): string[] => session.stdout().match(/line \d+\./g) ?? []
    const heard = lines().length
    await until('more is heard', () => lines().length > heard + 20, 20_000)
    expect(lines()).toEqual(lines().map((_, index) => `line ${index + 1}.`))
    expect(await pods()).toBe(before)
    expectOneAbsence(session)
    expect(times(session.stdout(), 'Initial Build')).toBe(1)
    await clusterAwake()
    await project.kubectl('delete', 'pod', '-l', 'app=api', '--wait=false')
    await until('its successor is heard', () => times(session.stdout(), 'line 1.') > 1, 20_000)
    await until('its successor answers', async () => (await ask()) === 'here\n')
  })

  it('CLU-01: and whose history is gone from etcd (410): all is listed again, and what happened meanwhile is seen', async () => {
    const project = await luckProject(configOf(deployment('api', counts), deployment('gone', 'echo first; sleep 1000')))
    const session = startTiltts(project, ['dev', '--port', '0'])
    await session.printed('2 resources are ready', 40_000)
    const version = (): Promise<string> =>
      kubectl('get', '--raw', `/api/v1/namespaces/${project.namespace}/pods`).then(
        (text) => JSON.parse(text).metadata.resourceVersion,
      )
    const old = await version()
    await project.door.shut()
    await project.kubectl('delete', 'pod', '-l', 'app=api', '--grace-period=0', '--force')
    await project.kubectl('delete', 'deployment', 'gone', '--cascade=foreground', '--wait=true')
    await compact(await version())
    await (await partAway('apiserver'))()
    await clusterAwake()
    const watch = `/api/v1/namespaces/${project.namespace}/pods?watch=1&timeoutSeconds=1&resourceVersion=${old}`
    expect(await kubectl('get', '--raw', watch).catch(String)).toMatch(/too old resource version/)
    await project.door.open()
    await until('the pod that came in its place is heard', () => times(session.stdout(), 'line 1.') === 2, 30_000)
    await session.printed('Deployment/gone was removed', 10_000)
    expect(said(session)).not.toMatch(/Update failed|too old/)
  })
})

/** Makes etcd forget what was before a version. */
async function compact(revision: string): Promise<void> {
  const answer = await fetch('http://127.0.0.1:2379/v3/kv/compaction', {
    method: 'POST',
    body: JSON.stringify({ revision, physical: true }),
  })
  if (!answer.ok) throw new Error(`etcd: ${await answer.text()}`)
}
