import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient } from '../../packages/client/src/index.js'
import { startIdle } from '../support/many-resources.js'
import { start } from '../support/run.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const runs = 30

/** The least that can be done: send the same bytes. */
const floorScript = `const text = require('node:fs').readFileSync('list.json')
const server = require('node:http').createServer((_, answer) => answer.setHeader('content-type', 'application/json').end(text))
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port + '.'))
`

/** A long list, asked for and read. */
export async function listRows(): Promise<readonly BenchRow[]> {
  const { project, dev } = await startIdle(1000)
  const path = '/apis/tilt.dev/v1alpha1/uiresources'
  writeFileSync(join(project.folder, 'list.json'), JSON.stringify(await dev.client.read(path)))
  writeFileSync(join(project.folder, 'floor.cjs'), floorScript)
  const floor = start([process.execPath, 'floor.cjs'], { cwd: project.folder, env: project.env })
  await floor.printed('.')
  const port = Number(/port (\d+)/.exec(floor.output())?.[1])
  const bare = createClient({ host: '127.0.0.1', port, token: '' })
  const [ours, least]: [number[], number[]] = [[], []]
  for (let i = 0; i < runs; i++) {
    least.push(await timeOf(bare))
    ours.push(await timeOf(dev.client))
  }
  await floor.stop()
  await dev.stop()
  project.remove()
  return [
    {
      what: 'list of 1,000 UIResources, read by a client',
      goal: '≤ 25 ms',
      measured: ms(median(ours)),
      floor: `${ms(median(least))} (the same bytes sent and read)`,
      met: median(ours) <= 25,
    },
  ]
}

async function timeOf(client: Pick<Client, 'list'>): Promise<number> {
  const start = performance.now()
  await client.list('UIResource')
  return performance.now() - start
}
