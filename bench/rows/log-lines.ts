import { bin, createProject } from '../support/project.js'
import { runToEnd } from '../support/run.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const count = 1_000_000

const config = `import { localResource } from 'tiltts'
localResource('chatty', { cmd: ['node', 'chatty.cjs'] })
`
const chatty = `let i = 0
const more = () => { while (i < ${count}) { let text = ''; for (let n = 0; n < 1000; n++) text += 'line ' + i++ + ' of a chatty command that says something of a usual length\\n'; if (!process.stdout.write(text)) return process.stdout.once('drain', more) } }
more()
`
/** The least that can be done: split what the command prints, prefix each line, write it. */
const floorScript = `const { spawn } = require('node:child_process')
let rest = ''
const child = spawn('node', ['chatty.cjs'])
child.stdout.setEncoding('utf8')
child.stdout.on('data', (chunk) => { const lines = (rest + chunk).split('\\n'); rest = lines.pop(); process.stdout.write(lines.map((line) => '       chatty │ ' + line).join('\\n') + '\\n') })
`

/** A million log lines through `ci`. */
export async function logLineRows(): Promise<readonly BenchRow[]> {
  const project = createProject({ 'tilt.config.ts': config, 'chatty.cjs': chatty, 'floor.cjs': floorScript })
  const options = { cwd: project.folder, env: project.env }
  const ours: number[] = []
  const floors: number[] = []
  let lost = 0
  let peakMb = 0
  for (let i = 0; i < 3; i++) {
    floors.push((await runToEnd([process.execPath, 'floor.cjs'], options)).ms)
    const run = await runToEnd([process.execPath, bin, 'ci', '--port', '0'], options)
    if (run.code !== 0) throw new Error(`ci failed:\n${run.tail}`)
    lost = Math.max(lost, count - run.lines)
    ours.push(run.ms)
    peakMb = Math.max(peakMb, run.peakMb)
  }
  project.remove()
  const ratio = median(ours) / median(floors)
  return [
    {
      what: '1,000,000 log lines from one command in `ci`, printed',
      goal: '0 lost; ≤ 3 × bare; ≤ 300 MB',
      measured: `${Math.max(0, lost)} lost; ${ms(median(ours))} = ${ratio.toFixed(2)} ×; ${peakMb.toFixed(0)} MB`,
      floor: `${ms(median(floors))} (split, prefix, write)`,
      met: lost <= 0 && ratio <= 3 && peakMb <= 300,
    },
  ]
}
