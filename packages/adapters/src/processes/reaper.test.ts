import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { reaperSuite } from './reaper.test.support.js'
import { REAPER_SCRIPT } from './reaper-script.js'

reaperSuite({ name: '/bin/sh', shell: ['/bin/sh'], mode: 'proc' })
reaperSuite({ name: 'ps instead of /proc', shell: ['/bin/sh'], mode: 'ps' })

it.skipIf(process.platform !== 'linux')('the reaper is small, also with a thousand groups', async () => {
  const child = spawn('/bin/sh', ['-c', REAPER_SCRIPT, 'tiltts-reaper', 'small', 'proc', '3'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  for (let group = 1; group <= 1000; group++) child.stdin.write(`start ${group + 4_000_000} ${group}\n`)
  for (let group = 1; group <= 900; group++) child.stdin.write(`end ${group + 4_000_000}\n`)
  await wait(500)
  const rollup = readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8')
  expect(Number(/^Pss: +(\d+)/m.exec(rollup)?.[1])).toBeLessThan(2048)
  child.stdin.end('done\n')
})
