import { expect, it } from 'vitest'
import { simulateSession } from './simulate.js'

it('runs a resource, and again when a file changes', async () => {
  const sim = await simulateSession({
    config: (c) => c.local('web', { cmd: 'build', serveCmd: 'serve', deps: ['src'] }),
    programs: { build: (self) => self.stdout('built\n'), serve: (self) => self.forever() },
  })
  expect(sim.updates('web')).toHaveLength(1)
  await sim.edit({ 'src/a.ts': 'x' })
  expect(sim.updates('web')).toHaveLength(2)
  await sim.stop()
  expect(sim.alive()).toEqual([])
})
