import { setTimeout as sleep } from 'node:timers/promises'
import { startDev } from '../support/dev.js'
import { editFiles, editLatencies, stampResource, startEditFloor } from '../support/edits.js'
import { pssMb } from '../support/memory.js'
import { createProject } from '../support/project.js'
import { start } from '../support/run.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const watchers = 200
const objects = 500
const rounds = 10
/** As many edits as fit into the time of the changes. */
const edits = 35
/** How often a part of the objects is changed, in milliseconds. */
const step = 10

/** Watches with many connections, and ends when each has seen the last state of every object, or after a minute. */
const crowd = `const { request } = require('node:http')
const [port, token] = process.argv.slice(2)
let begun = 0, done = 0
const line = /"name":"item-(\\d+)"[^\\n]*?"n":"(\\d+)"/g
for (let n = 0; n < ${watchers}; n++) {
  const seen = new Int32Array(${objects}).fill(-1)
  let first = ${objects}, open = ${objects}, rest = ''
  const path = '/apis/tilt.dev/v1alpha1/configmaps?watch=1&labelSelector=bench%3Dcrowd'
  request({ host: '127.0.0.1', port, path, headers: { 'x-tilt-token': token } }, (answer) => {
    answer.setEncoding('latin1').on('data', (chunk) => {
      const text = rest + chunk
      const end = text.lastIndexOf('\\n') + 1
      rest = text.slice(end)
      for (const [, item, state] of text.slice(0, end).matchAll(line)) {
        if (seen[item] < 0 && --first === 0 && ++begun === ${watchers}) console.log('all watch')
        if (seen[item] !== ${rounds} && Number(state) === ${rounds} && --open === 0) done++
        seen[item] = Number(state)
      }
      if (done === ${watchers}) finish()
    })
  }).end()
}
const finish = () => { console.log('saw the last state: ' + done + ' at ' + Date.now()); process.exit() }
setTimeout(finish, 60_000)
`

/** Many watchers while much changes, and what that does to edits. */
export async function watcherRows(): Promise<readonly BenchRow[]> {
  const config = `import { localResource } from 'tiltts'\n${stampResource}`
  const project = createProject({ 'tilt.config.ts': config, 'crowd.cjs': crowd, ...editFiles })
  const dev = await startDev(project)
  await dev.printed('ready (', 60_000)
  const metadata = (n: number): object => ({ name: `item-${n}`, labels: { bench: 'crowd' } })
  for (let n = 0; n < objects; n++) {
    const body = { apiVersion: 'tilt.dev/v1alpha1', kind: 'ConfigMap', metadata: metadata(n), data: { n: '0' } }
    await dev.client.call({ method: 'POST', path: '/apis/tilt.dev/v1alpha1/configmaps', body })
  }
  await sleep(2_000)
  const before = pssMb(dev.pid)

  const argv = [process.execPath, 'crowd.cjs', String(dev.endpoint.port), dev.endpoint.token]
  const crowdProcess = start(argv, { cwd: project.folder, env: project.env })
  await crowdProcess.printed('all watch')
  const floor = await startEditFloor()
  let peak = before
  const polling = setInterval(() => {
    peak = Math.max(peak, pssMb(dev.pid))
  }, 500)
  const [ours, bare, changed] = await Promise.all([
    editLatencies(project.folder, edits),
    editLatencies(floor.folder, edits),
    changeAll((n, data) => dev.client.patch('ConfigMap', `item-${n}`, { data })),
  ])
  await crowdProcess.printed('saw the last state', 70_000)
  clearInterval(polling)
  peak = Math.max(peak, pssMb(dev.pid))
  const [, saw = '0', at = '0'] = /saw the last state: (\d+) at (\d+)/.exec(crowdProcess.output()) ?? []
  await floor.stop()
  await dev.stop()
  project.remove()

  const [edit, least, more] = [median(ours), median(bare), peak - before]
  const rate = (objects * rounds * 1000) / (changed.end - changed.begin)
  return [
    {
      what: `${watchers} watchers while ${objects} objects change a second for ${rounds} s`,
      goal: 'all see the last state; edit → command ≤ 50 ms and ≤ floor + 35 ms; ≤ +80 MB',
      measured: `${saw} saw it, the last ${ms(Math.max(0, Number(at) - changed.end))} after the last change (${Math.round(rate)} changes/s); edit ${ms(edit)}; +${more.toFixed(0)} MB`,
      floor: `${ms(least)} (fs.watch + spawn meanwhile)`,
      met: Number(saw) === watchers && rate >= 0.95 * objects && edit <= 50 && edit <= least + 35 && more <= 80,
    },
  ]
}

/** Each object once a second, some of them at a time. Resolves to when that began and ended, since the epoch. */
async function changeAll(
  change: (n: number, data: { readonly n: string }) => Promise<unknown>,
): Promise<{ readonly begin: number; readonly end: number }> {
  const begin = Date.now()
  const atOnce = (objects * step) / 1000
  for (let done = 0; done < objects * rounds; done += atOnce) {
    await sleep(Math.max(0, begin + (done / objects) * 1000 - Date.now()))
    const changes = Array.from({ length: atOnce }, (_, i) => done + i)
    await Promise.all(changes.map((n) => change(n % objects, { n: String(Math.floor(n / objects) + 1) })))
  }
  return { begin, end: Date.now() }
}
