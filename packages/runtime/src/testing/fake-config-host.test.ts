import type { Clock } from '../ports/clock.js'
import { configHostContract } from '../ports/config-host.contract.js'
import { fakeConfigHost, fakeServerName } from './fake-config-host.js'
import { fakeProcesses } from './fake-processes.js'

/** The suite waits in real time, since other hosts of it are real processes. */
const realTime: Clock = {
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  timer(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
}
const blockedMs = 50

configHostContract('the fake config host', async () => {
  const processes = fakeProcesses({ clock: realTime })
  const host = fakeConfigHost({ clock: realTime, processes, blockedMs })
  processes.program(fakeServerName, host.serverProgram)
  let written = 0
  return {
    host,
    processes,
    blockedMs,
    async write({ script }) {
      written += 1
      const path = `/project-${written}/tilt.config.ts`
      host.write(path, script)
      return path
    },
    async close() {
      await host.close()
      await processes.close()
    },
  }
})
