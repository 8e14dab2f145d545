import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startDev } from '../support/dev.js'
import { createDockerProject, type DockerProject } from '../support/docker-project.js'
import { type BenchRow, median, ms } from '../support/stats.js'
import { textAt } from '../support/text-at.js'

const run = promisify(execFile)
const turns = 7
const ports = { ours: 4622, byHand: 4623 }

const files = (name: string, image: string, port: number): Readonly<Record<string, string>> => ({
  'compose.yaml': `name: ${name}
services:
  api: { ${image}, ports: ['127.0.0.1:${port}:3000'] }
`,
  'api/Dockerfile': `FROM node:20\nWORKDIR /app\nCOPY package.json .\nRUN cp package.json installed.json\nCOPY . .\nCMD ["node", "server.cjs"]\n`,
  'api/package.json': '{}',
  'api/version.txt': '',
  'api/server.cjs': `const text = require('node:fs').readFileSync('version.txt')
require('node:http').createServer((_, response) => response.end(text)).listen(3000)
process.on('SIGTERM', () => process.exit(0))
`,
})

/** An edit that no live update covers to its container answering, beside `docker compose up --build` of the same by hand. */
export async function dockerRebuildRows(): Promise<readonly BenchRow[]> {
  const ours = createDockerProject((name) => ({
    ...files(name, `image: ${name}/api`, ports.ours),
    'tilt.config.ts': `import { dockerBuild, dockerCompose, sync } from 'tiltts'
dockerCompose('./compose.yaml')
dockerBuild('${name}/api', './api', { liveUpdate: [sync('./api/synced', '/app/synced')] })
`,
  }))
  const byHand = createDockerProject((name) => files(name, 'build: ./api', ports.byHand))
  const up = (): Promise<unknown> => run('docker', ['compose', 'up', '--build', '--detach'], { cwd: byHand.folder })
  const dev = await startDev(ours)
  await dev.printed('ready (', 120_000)
  await up()
  const samples: number[] = []
  const floors: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    samples.push(await answerAfterEdit(ours, ports.ours, turn))
    await sleep(1000)
    floors.push(await answerAfterEdit(byHand, ports.byHand, turn, up))
    await sleep(1000)
  }
  await dev.stop()
  ours.remove()
  byHand.remove()
  const [measured, floor] = [median(samples), median(floors)]
  return [
    {
      what: `edit outside live update → image rebuilt, container replaced, answering, median of ${turns}`,
      goal: '≤ `docker compose up --build` of the same, by hand',
      measured: ms(measured),
      floor: `${ms(floor)} (by hand)`,
      met: measured <= floor,
    },
  ]
}

async function answerAfterEdit(
  { folder }: DockerProject,
  port: number,
  turn: number,
  act: () => Promise<unknown> = async () => {},
): Promise<number> {
  const text = `version ${turn} ${Math.random()}`
  const before = performance.now()
  writeFileSync(join(folder, 'api/version.txt'), text)
  const acted = act()
  while ((await textAt(port)) !== text) {
    if (performance.now() - before > 60_000) throw new Error(`no answer "${text}" on port ${port}`)
    await sleep(5)
  }
  const took = performance.now() - before
  await acted
  return took
}
