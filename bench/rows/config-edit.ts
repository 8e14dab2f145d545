import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '../../packages/client/src/index.js'
import { bin, createProject } from '../support/project.js'
import { start } from '../support/run.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const config = (n: number): string => `import { localResource } from 'tiltts'
for (let i = 0; i < 10; i++) localResource('steady-' + i, { cmd: ['true'], allowParallel: true })
localResource('edition-${n}', { cmd: ['true'], autoInit: false })
`

/** An edit of the config to the new resource being there for clients. */
export async function configEditRows(): Promise<readonly BenchRow[]> {
  const project = createProject({ 'tilt.config.ts': config(0) })
  const dev = start([process.execPath, bin, 'dev', '--port', '0'], { cwd: project.folder, env: project.env })
  await dev.printed('ready (')
  const folder = project.env['TILT_DEV_DIR'] ?? ''
  const [file = ''] = readdirSync(join(folder, 'sessions'))
  const port = Number(file.replace('.json', ''))
  const client = createClient({ host: 'localhost', port, token: readFileSync(join(folder, 'token'), 'utf8') })
  const samples: number[] = []
  const controller = new AbortController()
  const events = client.watch('UIResource', { signal: controller.signal })[Symbol.asyncIterator]()
  for (let n = 1; n <= 15; n++) {
    await sleep(1200)
    const before = performance.now()
    writeFileSync(join(project.folder, 'tilt.config.ts'), config(n))
    for (;;) {
      const { value } = await events.next()
      if (value?.object.metadata.name === `edition-${n}`) break
    }
    samples.push(performance.now() - before)
  }
  controller.abort()
  await dev.stop()
  project.remove()
  return [
    {
      what: 'config edit → new graph live, median of 15',
      goal: '≤ 100 ms',
      measured: ms(median(samples)),
      floor: '–',
      met: median(samples) <= 100,
    },
  ]
}
