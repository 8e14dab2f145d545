import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { atEnd } from '../support/cleanup.js'
import { startDev } from '../support/dev.js'
import { bin, createProject } from '../support/project.js'
import { type BenchRow, ms } from '../support/stats.js'

const aSecond = 100_000
const seconds = 10
const count = aSecond * seconds

const config = `import { localResource } from 'tiltts'
localResource('chatty', { cmd: ['node', 'chatty.cjs'], triggerMode: 'manual', autoInit: false })
`
/** Prints as many lines as should be there by now, every 10 ms. */
const chatty = `let i = 0
const begin = Date.now()
const timer = setInterval(() => {
  const due = Math.min(${count}, Math.ceil((Date.now() - begin) * ${aSecond / 1000}))
  let text = ''
  while (i < due) text += 'line ' + i++ + ' of a chatty command that says something of a usual length\\n'
  process.stdout.write(text)
  if (i < ${count}) return
  clearInterval(timer)
  require('node:fs').writeFileSync('said.json', JSON.stringify({ begin, end: Date.now() }))
}, 10)
`

/** What a follower of the log gets of a command that says a lot. */
export async function followRows(): Promise<readonly BenchRow[]> {
  const project = createProject({ 'tilt.config.ts': config, 'chatty.cjs': chatty })
  const dev = await startDev(project)
  const there = async (): Promise<boolean> => (await dev.client.list('UIResource')).length > 1
  while (!(await there())) await sleep(50)
  const follower = follow(project.folder, project.env)
  await sleep(1_000)
  const updated = dev.nextUpdate('chatty')
  await dev.client.create(
    'Update',
    { generateName: 'chatty-' },
    { resource: 'chatty', causes: [{ reason: 'trigger' }] },
  )
  await updated
  for (const until = performance.now() + 60_000; follower.next() < count && performance.now() < until; ) await sleep(20)
  await sleep(500)
  follower.stop()
  const { begin, end } = JSON.parse(readFileSync(join(project.folder, 'said.json'), 'utf8')) as Record<string, number>
  await dev.stop()
  project.remove()

  const { lost, twice, lastAt } = follower.seen()
  const rate = (count / ((end ?? 0) - (begin ?? 0))) * 1000
  return [
    {
      what: `\`logs -f\` of ${aSecond.toLocaleString('en')} lines a second for ${seconds} s`,
      goal: '0 lost, 0 duplicated',
      measured: `${lost} lost, ${twice} duplicated (${Math.round(rate).toLocaleString('en')} lines/s); the last line ${ms(Math.max(0, lastAt - (end ?? 0)))} after it was printed`,
      floor: '–',
      met: lost === 0 && twice === 0,
    },
  ]
}

/** A `tiltts logs -f` whose lines are counted. */
function follow(cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [bin, 'logs', '-f', 'chatty'], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = atEnd(() => void child.kill('SIGKILL'))
  let rest = ''
  let next = 0
  let lost = 0
  let twice = 0
  let lastAt = 0
  child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const at = line.indexOf('line ')
      if (at < 0) continue
      const n = Number.parseInt(line.slice(at + 5), 10)
      if (n < next) twice++
      else {
        lost += n - next
        next = n + 1
      }
    }
    lastAt = Date.now()
  })
  return {
    next: () => next,
    seen: () => ({ lost: lost + count - next, twice, lastAt }),
    stop: kill,
  }
}
