import { describe, expect, it } from 'vitest'
import { localResource } from './local-resource.js'
import { type Probe, probe } from './probes.js'
import { evaluate } from './testing/evaluate.js'

const anything = (value: unknown): never => value as never

const probeOf = async (make: () => Probe): Promise<unknown> => {
  const { resource } = await evaluate(() => {
    localResource('a', { serveCmd: 'serve', readinessProbe: make() })
  })
  return resource('a').serve?.probe
}

const defaults = { initialDelayMs: 0, periodMs: 10_000, timeoutMs: 1000, successThreshold: 1, failureThreshold: 3 }

describe('probes', () => {
  it('PRB-01: have the timing of Kubernetes when none is given, or 0', async () => {
    const expected = { action: { kind: 'tcp', port: 80, host: 'localhost' }, ...defaults }
    expect(await probeOf(() => probe.tcp({ port: 80 }))).toEqual(expected)
    const zero = { initialDelay: 0, period: '0s', timeout: 0, successThreshold: 0, failureThreshold: 0 } as const
    expect(await probeOf(() => probe.tcp({ port: 80, ...zero }))).toEqual(expected)
  })

  it('PRB-01: take their timing as durations and numbers', async () => {
    const timing = {
      initialDelay: '1m30s',
      period: '2s',
      timeout: '500ms',
      successThreshold: 2,
      failureThreshold: 5,
    } as const
    expect(await probeOf(() => probe.exec('true', timing))).toEqual({
      action: { kind: 'exec', command: { argv: ['sh', '-c', 'true'], display: 'true' } },
      initialDelayMs: 90_000,
      periodMs: 2000,
      timeoutMs: 500,
      successThreshold: 2,
      failureThreshold: 5,
    })
  })

  it('PRB-02: ask by HTTP, TCP or a command, with the defaults of each', async () => {
    expect(await probeOf(() => probe.http({ port: 80 }))).toMatchObject({
      action: { kind: 'http', port: 80, host: 'localhost', path: '/', scheme: 'http', headers: {} },
    })
    const all = {
      port: 443,
      path: 'health',
      host: '10.0.0.1',
      scheme: 'https',
      headers: { Accept: 'text/plain' },
    } as const
    expect(await probeOf(() => probe.http(all))).toMatchObject({ action: { kind: 'http', ...all, path: '/health' } })
    expect(await probeOf(() => probe.tcp({ port: 80, host: 'db' }))).toMatchObject({ action: { port: 80, host: 'db' } })
    expect(await probeOf(() => probe.exec(['pg_isready', '-q']))).toMatchObject({
      action: { command: { argv: ['pg_isready', '-q'], display: 'pg_isready -q' } },
    })
  })

  it('ask by a line of the log, or by a function', async () => {
    expect(await probeOf(() => probe.log(/listening on \d+/i))).toMatchObject({
      action: { kind: 'log', pattern: 'listening on \\d+', flags: 'i' },
    })
    expect(await probeOf(() => probe.check(() => true))).toMatchObject({
      action: { kind: 'check', fn: { $fn: 'probe:a/check', hash: expect.any(String) } },
    })
  })

  it('can be shared by resources, each with its own function id', async () => {
    const test = (): boolean => true
    const { collector } = await evaluate(() => {
      const shared = probe.check(test)
      localResource('a', { serveCmd: 'serve', readinessProbe: shared })
      localResource('b', { serveCmd: 'serve', readinessProbe: shared })
    })
    expect(collector.functionOf('probe:a/check')).toBe(test)
    expect(collector.functionOf('probe:b/check')).toBe(test)
  })

  it('PRB-02: that cannot work are errors of the config, at their call', async () => {
    const { errors } = await evaluate(() => {
      probe.http({ port: 0 })
      probe.tcp({ port: 65_536 })
      probe.tcp({ port: 1.5 })
      probe.http(anything({ path: '/' }))
      probe.exec(anything(''))
      probe.log(anything('listening'))
      probe.check(anything(true))
      probe.tcp({ port: 80, period: anything('soon'), failureThreshold: -1 })
      probe.tcp({ port: 80, successThreshold: 2 ** 31 })
      probe.http(anything({ port: 80, headers: { a: 1 }, url: 'x' }))
    })
    expect(errors.map((error) => error.message)).toEqual([
      'probe.http(): `port` must be a port: a whole number from 1 to 65535, but it is 0',
      'probe.tcp(): `port` must be a port: a whole number from 1 to 65535, but it is 65536',
      'probe.tcp(): `port` must be a port: a whole number from 1 to 65535, but it is 1.5',
      'probe.http() needs a port',
      expect.stringContaining('probe.exec(): expected a command'),
      'probe.log(): expected a regular expression, got "listening"',
      'probe.check(): expected a function, got true',
      expect.stringContaining('probe.tcp(): `period` must be a duration'),
      expect.stringContaining('probe.tcp(): `failureThreshold` must be a whole number'),
      expect.stringContaining('probe.tcp(): `successThreshold` must be a whole number'),
      'probe.http(): `headers` must be an object whose values are strings, but it is { a: 1 }',
      'probe.http() has no option `url`',
    ])
  })
})
