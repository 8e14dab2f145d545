import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { editFiles, editLatencies, stampResource, startEditFloor } from '../support/edits.js'
import { rssMb } from '../support/memory.js'
import { bin, createProject, type Project } from '../support/project.js'
import { start } from '../support/run.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const edits = 30
const files = { 'tilt.config.ts': `import { localResource } from 'tiltts'\n${stampResource}`, ...editFiles }

async function floorOf(): Promise<number> {
  const floor = await startEditFloor()
  const result = median(await editLatencies(floor.folder, edits))
  await floor.stop()
  return result
}

interface Measured {
  readonly editMs: number
  readonly readyMs: number
  readonly rss: number
}

async function oursIn(project: Project): Promise<Measured> {
  const begun = performance.now()
  const dev = start([process.execPath, bin, 'dev', '--port', '0'], { cwd: project.folder, env: project.env })
  await dev.printed('ready (', 60_000)
  const readyMs = performance.now() - begun
  await sleep(1500)
  const editMs = median(await editLatencies(project.folder, edits))
  const rss = rssMb(dev.pid)
  await dev.stop()
  return { editMs, readyMs, rss }
}

/** Edit to command, in a small tree and in one of 50,000 files. */
export async function editRows(): Promise<readonly BenchRow[]> {
  const floor = await floorOf()
  const small = createProject(files)
  const inSmall = await oursIn(small)
  small.remove()

  const big = createProject(files)
  for (let folder = 0; folder < 5000; folder++) {
    const path = join(big.folder, 'src', `part${folder % 50}`, `folder${folder}`)
    mkdirSync(path, { recursive: true })
    for (let file = 0; file < 10; file++) writeFileSync(join(path, `file${file}.ts`), `export const value = ${file}\n`)
  }
  const inBig = await oursIn(big)
  big.remove()

  const extraReady = inBig.readyMs - inSmall.readyMs
  const extraMb = inBig.rss - inSmall.rss
  return [
    {
      what: 'edit → local command has run, median of 30',
      goal: '≤ 50 ms and ≤ floor + 35 ms',
      measured: ms(inSmall.editMs),
      floor: `${ms(floor)} (fs.watch + spawn)`,
      met: inSmall.editMs <= 50 && inSmall.editMs <= floor + 35,
    },
    {
      what: 'the same in a tree of 50,000 files, 5,000 folders',
      goal: 'the same; watch ready ≤ 1.5 s; ≤ +40 MB',
      measured: `${ms(inBig.editMs)}; ready ${ms(extraReady)} later; +${extraMb.toFixed(0)} MB`,
      floor: ms(floor),
      met: inBig.editMs <= 50 && inBig.editMs <= floor + 35 && extraReady <= 1500 && extraMb <= 40,
    },
  ]
}
