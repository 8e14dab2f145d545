import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { startTiltts } from '../support/tiltts.js'
import { configOf, deployment, luckProject, times, waits } from './luck-project.js'

const skip = skipReason('kubernetes')
const count = 3000

/** Notes each time that nothing else got its turn for so long. Only what this thread itself worked counts: machines are busy. */
const monitor = `
import { appendFileSync, readFileSync } from 'node:fs'
const worked = () => Number(readFileSync('/proc/self/task/' + process.pid + '/schedstat', 'utf8').split(' ')[0]) / 1e6
let at = performance.now()
let before = worked()
setInterval(() => {
  const now = performance.now()
  const after = worked()
  const blocked = Math.min(now - at - 5, after - before)
  if (blocked > 20) appendFileSync(process.env.BLOCKED_FILE, Date.now() + ' ' + blocked.toFixed(0) + '\\n')
  at = now
  before = after
}, 5).unref()
`

/** As the API server sends them. */
function podNumber(index: number, namespace: string): object {
  const name = `crowd-${index}`
  const env = Array.from({ length: 20 }, (_, one) => ({ name: `SETTING_${one}`, value: 'x'.repeat(40) }))
  const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  }))
  const running = { running: { startedAt: '2026-01-01T00:00:00Z' } }
  return {
    metadata: {
      name,
      namespace,
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { app: 'crowd', number: String(index) },
      managedFields: [{ manager: 'kubelet', fieldsV1: { 'f:status': { 'f:conditions': { 'f:a': {}, 'f:b': {} } } } }],
    },
    spec: { nodeName: 'testbed', containers: [{ name: 'main', image: 'busybox', env }] },
    status: {
      phase: 'Running',
      conditions,
      containerStatuses: [{ name: 'main', ready: true, restartCount: 0, state: running }],
    },
  }
}

describe.skipIf(skip !== undefined)(`a crowded namespace${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('of 3000 pods keeps nothing else from its turn for more than 100 ms', async () => {
    const project = await luckProject(configOf(deployment('api', `echo up; ${waits}`)), {
      files: { 'monitor.mjs': monitor },
    })
    const isList = /^GET [^?]*\/pods\?(?!.*watch=)/
    let listed = 0
    project.door.answer(isList, {
      status: 200,
      body(path) {
        listed ||= Date.now()
        const query = new URL(path, 'http://door').searchParams
        const from = Number(query.get('continue') ?? 0)
        const to = Math.min(count, from + Number(query.get('limit') ?? count))
        const items = Array.from({ length: to - from }, (_, index) => podNumber(from + index, project.namespace))
        const metadata = { resourceVersion: '0', ...(to < count && { continue: String(to) }) }
        return { apiVersion: 'v1', kind: 'PodList', metadata, items }
      },
    })
    const env = { NODE_OPTIONS: `--import ${project.path('monitor.mjs')}`, BLOCKED_FILE: project.path('blocked') }
    project.write('blocked', '')
    const dev = startTiltts(project, ['dev', '--port', '0'], { env })
    await dev.printed('1 resource is ready', 40_000)
    await until('all are listed', () => project.door.asked.filter((text) => isList.test(text)).length >= 6, 20_000)
    await dev.printed(/│ up/, 20_000)
    const lines = readFileSync(project.path('blocked'), 'utf8').trim().split('\n')
    const blocked = lines.map((line) => line.split(' ').map(Number)).filter(([at = 0]) => at > listed)
    expect(blocked.map(([, ms = 0]) => ms).filter((ms) => ms > 100)).toEqual([])
    expect(times(dev.stdout(), 'crowd')).toBe(0)
  })
})
