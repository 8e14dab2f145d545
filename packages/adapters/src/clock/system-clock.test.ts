import { execFile } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { clockContract } from '@tiltts/runtime/contracts/clock'
import { expect, it } from 'vitest'
import { systemClock } from './system-clock.js'

clockContract('the system clock', () => ({ clock: systemClock(), elapse: (ms) => wait(ms) }))

it('does not fire a timer of more than 24.8 days at once', async () => {
  const fired: string[] = []
  const clock = systemClock()
  const cancel = clock.timer(30 * 86_400_000, () => void fired.push('month'))
  const endless = clock.timer(Number.POSITIVE_INFINITY, () => void fired.push('endless'))
  await wait(20)
  cancel()
  endless()
  expect(fired).toEqual([])
})

it('lets a process end that only has a timer left, but not one that sleeps', async () => {
  const run = (script: string) =>
    promisify(execFile)(
      process.execPath,
      ['--conditions', '@tiltts/source', '--import', 'tsx', '--input-type=module', '-e', script],
      { cwd: import.meta.dirname },
    )
  const load = `import { systemClock } from '${new URL('system-clock.ts', import.meta.url)}'; const clock = systemClock();`
  const [timer, sleep] = await Promise.all([
    run(`${load} clock.timer(60_000, () => {}); console.log('left')`),
    run(`${load} clock.sleep(50).then(() => console.log('slept'))`),
  ])
  expect(timer.stdout).toBe('left\n')
  expect(sleep.stdout).toBe('slept\n')
})
