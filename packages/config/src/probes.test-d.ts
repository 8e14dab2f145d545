import { type Probe, probe } from './probes.js'
import { holds, type Same } from './testing/types.js'

const http = probe.http({ port: 80, path: '/', host: 'x', scheme: 'https', headers: { a: 'b' }, period: '2s' })
holds<Same<typeof http, Probe>>()
probe.tcp({ port: 80, initialDelay: '1h', timeout: undefined, successThreshold: 2, failureThreshold: 5 })
probe.exec('true')
probe.exec(['true'], { period: '500ms' })
probe.log(/ready/i, { timeout: '1s' })
probe.check(() => true)
probe.check(async ({ exec }) => (await exec('true')).exitCode === 0)

// @ts-expect-error a port is needed
probe.http({ path: '/' })
// @ts-expect-error a port is a number
probe.tcp({ port: '80' })
// @ts-expect-error no such scheme
probe.http({ port: 80, scheme: 'ftp' })
// @ts-expect-error a pattern is no text
probe.log('ready')
// @ts-expect-error a check answers yes or no
probe.check(() => 'yes')
// @ts-expect-error no such option
probe.tcp({ port: 80, interval: '1s' })
