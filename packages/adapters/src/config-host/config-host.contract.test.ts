import { afterAll, beforeAll } from 'vitest'
import { configHostContract } from '../../../runtime/src/ports/config-host.contract.js'
import { type BuiltHost, buildHost } from './testing/build-host.js'
import { blockedMs, realHost } from './testing/real-host.js'

let built: BuiltHost
beforeAll(async () => {
  built = await buildHost()
})
afterAll(() => built.remove())

configHostContract('the config host', async () => {
  const real = await realHost(built)
  let written = 0
  return {
    ...real,
    blockedMs,
    async write({ typescript }) {
      written += 1
      const name = `project-${written}/tilt.config.ts`
      await real.write({ [name]: typescript })
      return real.path(name)
    },
  }
})
