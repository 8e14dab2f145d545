import { describe, expect, it } from 'vitest'
import { manualClock } from '../testing/fake-clock.js'
import { fakeConfigHost, fakeServerName } from '../testing/fake-config-host.js'
import { fakeFiles } from '../testing/fake-files.js'
import { type FakeProgram, fakeProcesses } from '../testing/fake-processes.js'
import { type SimulatedScript, simulatedScript } from '../testing/simulated-config.js'
import { runDown } from './run-down.js'

const mainPath = '/project/tilt.config.ts'

async function down(
  config: SimulatedScript,
  options: {
    readonly programs?: Readonly<Record<string, FakeProgram>>
    readonly args?: readonly string[]
    readonly signal?: AbortSignal
  } = {},
) {
  const clock = manualClock()
  const processes = fakeProcesses({ clock, programs: { rm: () => 0, ...options.programs } })
  const configHost = fakeConfigHost({ clock, processes })
  processes.program(fakeServerName, configHost.serverProgram)
  configHost.write(mainPath, simulatedScript(config, '/project', fakeFiles()))
  let output = ''
  const running = runDown({
    ports: { clock, processes, configHost },
    options: { mainPath, args: options.args ?? [], env: { HOME: '/home' } },
    signal: options.signal,
    onOutput: (text) => {
      output += text
    },
  })
  await clock.advance(60_000)
  const result = await running
  return { result, output, started: processes.table().map(({ argv }) => argv[2]), processes }
}

describe('down', () => {
  it('DOWN-01: evaluates with the command down and runs onDown of enabled resources, dependents before dependencies', async () => {
    const commands: string[] = []
    const { result, started } = await down((c) => {
      commands.push(c.command)
      c.local('web', { cmd: 'true', onDown: 'rm web', needs: ['api'] })
      c.local('db', { cmd: 'true', onDown: 'rm db' })
      c.local('api', { cmd: 'true', onDown: 'rm api', needs: ['db'] })
      c.local('none', { cmd: 'true' })
      c.local('last', { cmd: 'true', onDown: 'rm last' })
    })
    expect(commands).toEqual(['down'])
    expect(started).toEqual(['rm last', 'rm web', 'rm api', 'rm db'])
    expect(result).toEqual({ diagnostics: [], errors: [] })
  })

  it('DOWN-01: leaves out resources that are not enabled', async () => {
    const config: SimulatedScript = (c) => {
      c.local('a', { cmd: 'true', onDown: 'rm a' })
      c.local('b', { cmd: 'true', onDown: 'rm b' })
    }
    expect((await down(config, { args: ['a'] })).started).toEqual(['rm a'])
  })

  it('DOWN-01: a config that fails takes nothing down', async () => {
    const { result, started } = await down((c) => {
      c.local('a', { cmd: 'true', onDown: 'rm a' })
      c.fail('no license')
    })
    expect(started).toEqual([])
    expect(result.diagnostics).toMatchObject([{ severity: 'error', message: 'no license' }])
  })

  it('DOWN-03: collects errors, and goes on with the others', async () => {
    const { result, started, output } = await down(
      (c) => {
        c.local('a', { cmd: 'true', onDown: 'rm a' })
        c.local('b', { cmd: 'true', onDown: 'broken' })
        c.local('c', { cmd: 'true', onDown: 'missing' })
      },
      {
        programs: {
          broken: (self) => {
            self.stderr('cannot\n')
            return 4
          },
        },
      },
    )
    expect(started).toEqual(['missing', 'broken', 'rm a'])
    expect(result.errors).toEqual([
      { resource: 'c', message: 'exit code 127' },
      { resource: 'b', message: 'exit code 4' },
    ])
    expect(output).toContain('b: broken\ncannot\n')
  })

  it('gives the steps the environment of the session', async () => {
    const { processes } = await down((c) => c.local('a', { cmd: 'true', onDown: 'rm a' }))
    expect(processes.table()[0]?.env).toMatchObject({ HOME: '/home', LINES: '24' })
  })

  it('an abort ends the present step and leaves out the rest', async () => {
    const abort = new AbortController()
    const { started } = await down(
      (c) => {
        c.local('a', { cmd: 'true', onDown: 'rm a' })
        c.local('b', { cmd: 'true', onDown: 'stuck' })
      },
      {
        signal: abort.signal,
        programs: {
          stuck: (self) => {
            self.clock.timer(1000, () => abort.abort())
            return self.forever()
          },
        },
      },
    )
    expect(started).toEqual(['stuck'])
  })
})
