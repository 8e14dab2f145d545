import { randomFillSync } from 'node:crypto'
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { atEnd } from '../support/cleanup.js'
import { startDev } from '../support/dev.js'
import { createDockerProject, docker } from '../support/docker-project.js'
import { tapEngine } from '../support/engine-tap.js'
import { pssMb } from '../support/memory.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const files = 20_000
const bytes = 2 ** 30
const turns = 5
/** In the path of the file that comes first in the context. */
const firstFile = 'aaa-first-of-the-context'

/** A context of 1 GB in 20,000 files: what it costs the engine, how soon it is sent, and how long it takes to see that it is the same. */
export async function dockerLargeContextRows(): Promise<readonly BenchRow[]> {
  const project = createDockerProject((name) => ({
    'tilt.config.ts': `import { dockerBuild, dockerCompose, dcResource, TriggerMode } from 'tiltts'
dockerCompose('./compose.yaml')
dcResource('big', { autoInit: false })
dockerBuild('${name}/big', './big')
`,
    'compose.yaml': `name: ${name}
services:
  big: { image: ${name}/big }
`,
    'big/Dockerfile': `FROM busybox\nCOPY . /${name}\nCMD ["sh", "-c", "trap exit TERM; while true; do sleep 1; done"]\n`,
  }))
  const removeCache = forgetCache(project.name)
  writeContext(join(project.folder, 'big'))
  const tap = await tapEngine()
  const dev = await startDev(project, { DOCKER_HOST: tap.host })
  await dev.printed('Watching', 60_000).catch(() => {})
  await sleep(3000)
  const idle = pssMb(dev.pid)
  let peak = idle
  const looking = setInterval(() => {
    peak = Math.max(peak, pssMb(dev.pid))
  }, 25)
  const sent = tap.seen(firstFile)
  let update = dev.nextUpdate('big')
  await dev.client.create(
    'Update',
    { generateName: 'big-' },
    { resource: 'big', causes: [{ reason: 'trigger', by: 'cli' }] },
  )
  const sentAt = await sent
  const built = await update
  clearInterval(looking)
  const firstByte = sentAt - Date.parse(built.status.startTime ?? '')
  await sleep(1000)
  const looks: number[] = []
  let read = 0
  for (let turn = 0; turn < turns; turn++) {
    // Its time alone: what it holds stays the same.
    utimesSync(join(project.folder, 'big/Dockerfile'), new Date(), new Date())
    update = dev.nextUpdate('big')
    const readBefore = readSoFar(dev.pid)
    const touched = join(project.folder, 'big/part0', `${firstFile}.bin`)
    utimesSync(touched, new Date(), new Date())
    const { status } = await update
    read = Math.max(read, readSoFar(dev.pid) - readBefore)
    const step = status.steps.find(({ name }) => name.startsWith('image '))
    if (step?.finishTime === undefined) throw new Error(`the update did not look at the image:\n${dev.output()}`)
    looks.push(Date.parse(step.finishTime) - Date.parse(step.startTime))
    await sleep(500)
  }
  await dev.stop()
  tap.close()
  project.remove()
  removeCache()
  const extra = peak - idle
  const look = median(looks)
  return [
    {
      what: 'context of 1 GB in 20,000 files',
      goal: 'engine ≤ +120 MB; first byte sent ≤ 300 ms; second build hashes by stat only, ≤ 300 ms',
      measured: `+${extra.toFixed(0)} MB (PSS ${idle.toFixed(0)} → ${peak.toFixed(0)}); first byte ${ms(firstByte)}; second ${ms(look)}, ${read.toFixed(1)} MB read`,
      floor: '–',
      met: extra <= 120 && firstByte <= 300 && look <= 300 && read < 20,
    },
  ]
}

function writeContext(folder: string): void {
  const size = Math.ceil(bytes / files)
  const content = Buffer.alloc(size)
  randomFillSync(content)
  for (let n = 0; n < files; n++) {
    const parent = join(folder, `part${n % 200}`)
    if (n < 200) mkdirSync(parent)
    content.writeUInt32LE(n, 0)
    writeFileSync(join(parent, n === 0 ? `${firstFile}.bin` : `file${n}.bin`), content)
  }
}

/** What a process has read from files so far, in MB. */
function readSoFar(pid: number): number {
  return Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0) / 2 ** 20
}

/** Builders keep what they were sent, and what they made of it. */
function forgetCache(name: string): () => void {
  const before = new Set(cacheRecords().map(({ id }) => id))
  return atEnd(() => {
    for (const { id, text } of cacheRecords()) {
      if (before.has(id)) continue
      const isOurs = text.includes(name) || (text.includes('source.local') && /Size:\s+1\.\d+GB/.test(text))
      if (isOurs) docker('builder', 'prune', '--force', '--all', '--filter', `id=${id}`)
    }
  })
}

function cacheRecords(): readonly { readonly id: string; readonly text: string }[] {
  const texts = docker('buildx', 'du', '--verbose')
    .join('\n')
    .split(/^(?=ID:)/m)
  return texts.map((text) => ({ id: /^ID:\s+(\S+)/.exec(text)?.[1] ?? '', text })).filter(({ id }) => id !== '')
}
