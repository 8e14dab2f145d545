import { afterAll, beforeAll } from 'vitest'
import { configHostContract } from '../../../runtime/src/ports/config-host.contract.js'
import { type BuiltHost, buildHost } from './testing/build-host.js'
import { blockedMs, type RealHost, realHost } from './testing/real-host.js'

let built: BuiltHost
/** The host of the next test gets warm while this one runs. */
let next: Promise<RealHost>
beforeAll(async () => {
  built = await buildHost()
  next = prepared()
})
afterAll(async () => {
  await (await next).close()
  await built.remove()
})

async function prepared(): Promise<RealHost> {
  const real = await realHost(built)
  real.host.prepare()
  return real
}

configHostContract('the config host', async () => {
  const real = await next
  next = prepared()
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
