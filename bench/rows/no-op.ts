import { bin, createProject } from '../support/project.js'
import { runToEnd } from '../support/run.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const config = (count: number): string => `import { localResource, updateSettings } from 'tiltts'
updateSettings({ maxParallelUpdates: 10 })
for (let i = 0; i < ${count}; i++) localResource('noop-' + i, { cmd: ['true'], allowParallel: true })
`

/** The least that can be done: spawn them, ten at a time. */
const floorScript = `const { spawn } = require('node:child_process')
let left = Number(process.argv[2]), running = 0
const next = () => { while (left > 0 && running < 10) { left--; running++; spawn('true', { stdio: ['ignore', 'pipe', 'pipe'] }).on('close', () => { running--; next() }) } }
next()
`

async function measure(count: number, runs: number): Promise<{ ours: number; floor: number; peakMb: number }> {
  const project = createProject({ 'tilt.config.ts': config(count), 'floor.cjs': floorScript })
  const ours: number[] = []
  const floors: number[] = []
  let peakMb = 0
  for (let i = 0; i < runs; i++) {
    floors.push(
      (await runToEnd([process.execPath, 'floor.cjs', String(count)], { cwd: project.folder, env: project.env })).ms,
    )
    const run = await runToEnd([process.execPath, bin, 'ci', '--port', '0'], { cwd: project.folder, env: project.env })
    if (run.code !== 0) throw new Error(`ci failed:\n${run.tail}`)
    ours.push(run.ms)
    peakMb = Math.max(peakMb, run.peakMb)
  }
  project.remove()
  return { ours: median(ours), floor: median(floors), peakMb }
}

/** `ci` of many resources that do nothing, beside spawning them bare. */
export async function noOpRows(): Promise<readonly BenchRow[]> {
  const small = await measure(200, 3)
  const big = await measure(1000, 3)
  const row = (count: number, { ours, floor, peakMb }: typeof small, extra: boolean): BenchRow => ({
    what: `\`ci\`, ${count} no-op resources, 10 in parallel`,
    goal: `≤ 2.5 × bare + 0.6 s${extra ? '; ≤ 6 × that of 200; ≤ 300 MB' : ''}`,
    measured: `${ms(ours)}${extra ? `; ${(ours / small.ours).toFixed(1)} × 200; ${peakMb.toFixed(0)} MB` : ''}`,
    floor: `${ms(floor)} (spawned bare)`,
    met: ours <= 2.5 * floor + 600 && (!extra || (ours <= 6 * small.ours && peakMb <= 300)),
  })
  return [row(200, small, false), row(1000, big, true)]
}
