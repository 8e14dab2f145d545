import { bin, createProject } from '../support/project.js'
import { runToEnd } from '../support/run.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const service = `require('node:http').createServer((_, response) => response.end('ok')).listen(Number(process.env.PORT))
process.on('SIGTERM', () => process.exit(0))
`
const config = `import { localResource, probe } from 'tiltts'
for (const port of [4611, 4612, 4613]) {
  localResource('service-' + port, { serveCmd: ['node', 'service.cjs'], serveEnv: { PORT: port }, readinessProbe: probe.http({ port }) })
}
`
/** The services' own start: all three at once, asked every 5 ms until all have answered. */
const floorScript = `const { spawn } = require('node:child_process'); const { get } = require('node:http')
const children = [4611, 4612, 4613].map((port) => [port, spawn('node', ['service.cjs'], { env: { ...process.env, PORT: port } })])
let left = children.length
for (const [port] of children) {
  const ask = () => get({ port, host: '127.0.0.1' }, (answer) => { answer.resume(); if (--left === 0) for (const [, child] of children) child.kill() }).on('error', () => setTimeout(ask, 5))
  ask()
}
`

/** \`ci\` of three services with probes, beside their own start. */
export async function serviceRows(): Promise<readonly BenchRow[]> {
  const project = createProject({ 'tilt.config.ts': config, 'service.cjs': service, 'floor.cjs': floorScript })
  const options = { cwd: project.folder, env: project.env }
  const extra: number[] = []
  const floors: number[] = []
  for (let i = 0; i < 7; i++) {
    const floor = (await runToEnd([process.execPath, 'floor.cjs'], options)).ms
    const run = await runToEnd([process.execPath, bin, 'ci', '--port', '0'], options)
    if (run.code !== 0) throw new Error(`ci failed:\n${run.tail}`)
    floors.push(floor)
    extra.push(run.ms - floor)
  }
  project.remove()
  return [
    {
      what: '`ci` of 3 services with probes',
      goal: "≤ 1.2 s beyond the services' own start",
      measured: `${ms(median(extra))} beyond`,
      floor: `${ms(median(floors))} (their own start)`,
      met: median(extra) <= 1200,
    },
  ]
}
