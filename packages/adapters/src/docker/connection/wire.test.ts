import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { systemClock } from '../../clock/index.js'
import { standInEngine } from '../testing/stand-in-engine.js'
import { openWire, readAll } from './wire.js'

it('is written out in no time, whatever hangs on it: every call through dockerode does so', async () => {
  const engine = await standInEngine()
  const path = engine.host.replace('unix://', '')
  const wire = openWire({ host: engine.host, dial: { kind: 'socket', path } }, {}, systemClock())
  await readAll(await wire.request({ method: 'GET', path: '/version' }))
  expect(Object.keys(wire.agent.freeSockets)).toHaveLength(1)
  expect(inspect({ agent: wire.agent }, { showHidden: true, depth: null })).toBe('{ agent: Agent }')
  wire.close()
  await engine.close()
})
