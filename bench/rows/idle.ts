import { setTimeout as sleep } from 'node:timers/promises'
import { cpuMs, processesWith, processTree, pssMb } from '../support/memory.js'
import { bin, createProject } from '../support/project.js'
import { start } from '../support/run.js'
import type { BenchRow } from '../support/stats.js'

const config = `import { localResource } from 'tiltts'
localResource('idle', { serveCmd: ['sleep', '1000'], deps: ['src'] })
`
const seconds = 20

/** What an idle \`dev\` costs: memory of all its processes, CPU. */
export async function idleRows(): Promise<readonly BenchRow[]> {
  const project = createProject({ 'tilt.config.ts': config, 'src/a.txt': '' })
  // The reaper leaves the process tree; the state folder in its environment finds it.
  const dev = start([process.execPath, bin, 'dev', '--port', '0'], { cwd: project.folder, env: project.env })
  await dev.printed('ready (')
  await sleep(5000)
  const own = `TILT_DEV_DIR=${project.env['TILT_DEV_DIR']}`
  const pids = [...new Set([...processTree(dev.pid), ...processesWith(own)])]
  const before = pids.reduce((sum, pid) => sum + cpuMs(pid), 0)
  await sleep(seconds * 1000)
  const share = (pids.reduce((sum, pid) => sum + cpuMs(pid), 0) - before) / (seconds * 10)
  const sizes = pids.map(pssMb)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  await dev.stop()
  project.remove()
  return [
    {
      what: 'idle `dev`, one resource',
      goal: 'PSS of all its processes ≤ 180 MB; < 1 % of a core',
      measured: `${total.toFixed(0)} MB (${sizes.map((size) => size.toFixed(0)).join(' + ')}); ${share.toFixed(2)} %`,
      floor: '–',
      met: total <= 180 && share < 1,
    },
  ]
}
