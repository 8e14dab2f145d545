import { startIdle } from '../support/many-resources.js'
import { bin, type Project } from '../support/project.js'
import { runToEnd } from '../support/run.js'
import { type BenchRow, median, ms } from '../support/stats.js'

/** In turns with a bare Node, so that both have the same machine. */
async function measure(
  project: Project,
  args: readonly string[],
  runs: number,
): Promise<{ ours: number; bare: number }> {
  const options = { cwd: project.folder, env: project.env }
  const ours: number[] = []
  const bare: number[] = []
  for (let i = 0; i < runs; i++) {
    bare.push((await runToEnd([process.execPath, '-e', '0'], options)).ms)
    const run = await runToEnd([process.execPath, bin, ...args], options)
    if (run.code !== 0) throw new Error(`tiltts ${args.join(' ')} failed:\n${run.tail}`)
    ours.push(run.ms)
  }
  return { ours: median(ours), bare: median(bare) }
}

/** What it takes to look at a session with few and with many resources. */
export async function getRows(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = []
  for (const count of [5, 1000]) {
    const { project, dev } = await startIdle(count)
    const { ours, bare } = await measure(project, ['get', 'uiresources'], 30)
    rows.push({
      what: `\`tiltts get uiresources\`, ${count.toLocaleString('en')} resources`,
      goal: '≤ bare Node + 50 ms',
      measured: `${ms(ours)} = + ${ms(ours - bare)}`,
      floor: `${ms(bare)} (\`node -e 0\`)`,
      met: ours <= bare + 50,
    })
    await dev.stop()
    project.remove()
  }
  return rows
}
