import { startDev } from '../support/dev.js'
import { bin, createProject, type Project } from '../support/project.js'
import { runToEnd } from '../support/run.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const config = (count: number): string => `import { localResource } from 'tiltts'
for (let i = 0; i < ${count}; i++)
  localResource('resource-' + i, { cmd: ['true'], triggerMode: 'manual', autoInit: false })
`

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
    const project = createProject({ 'tilt.config.ts': config(count) })
    const dev = await startDev(project)
    const there = async (): Promise<boolean> => (await dev.client.list('UIResource')).length > count
    while (!(await there())) await new Promise((resolve) => setTimeout(resolve, 50))
    const { ours, bare } = await measure(project, ['get', 'uiresources'], 20)
    rows.push({
      what: `\`tiltts get uiresources\`, ${count.toLocaleString('en')} resources`,
      goal: '≤ bare Node + 50 ms',
      measured: ms(ours),
      floor: `${ms(bare)} (\`node -e 0\`)`,
      met: ours <= bare + 50,
    })
    if (count === 1000) rows.push(await listRow(dev.client))
    await dev.stop()
    project.remove()
  }
  return rows
}

async function listRow(client: { list(kind: 'UIResource'): Promise<readonly unknown[]> }): Promise<BenchRow> {
  const took: number[] = []
  for (let i = 0; i < 20; i++) {
    const start = performance.now()
    await client.list('UIResource')
    took.push(performance.now() - start)
  }
  const measured = median(took)
  return {
    what: 'list of 1,000 UIResources, read by a client',
    goal: '≤ 25 ms',
    measured: ms(measured),
    floor: '–',
    met: measured <= 25,
  }
}
