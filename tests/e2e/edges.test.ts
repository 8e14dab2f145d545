import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { tempProject } from '../support/temp-project.js'
import { type RunningTiltts, runTiltts, startTiltts } from '../support/tiltts.js'

const count = (dev: RunningTiltts, text: string): number => dev.stdout().split(text).length - 1

describe('dependencies', () => {
  it('hold a first update until they were ready once; after() asks for a success only; rerun() runs again with each', async () => {
    const project = tempProject({
      'src/in.txt': '',
      'tilt.config.ts': `import { after, localResource, rerun } from 'tiltts'
const base = localResource('base', { cmd: 'echo base runs', deps: ['src'], allowParallel: true })
localResource('plain', { cmd: 'echo plain runs', resourceDeps: [base], allowParallel: true })
localResource('behind', { cmd: 'echo behind runs', resourceDeps: [after(base)], allowParallel: true })
localResource('again', { cmd: 'echo again runs', resourceDeps: [rerun(base)], allowParallel: true })
`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('All 4 resources are ready')
    const first = dev.stdout().indexOf('│ base runs')
    for (const name of ['plain', 'behind', 'again']) {
      expect(count(dev, `│ ${name} runs`)).toBe(1)
      expect(dev.stdout().indexOf(`${name} │ Running`)).toBeGreaterThan(first)
    }
    project.write('src/in.txt', 'edited')
    await until('again runs again', () => count(dev, '│ again runs') === 2)
    await sleep(300)
    expect(count(dev, '│ base runs')).toBe(2)
    expect(count(dev, '│ plain runs')).toBe(1)
    expect(count(dev, '│ behind runs')).toBe(1)
  })

  it('by ready() hold later updates, too, until the other is ready now', async () => {
    const project = tempProject({
      'src/in.txt': '',
      'tilt.config.ts': `import { localResource, probe, ready } from 'tiltts'
const gate = localResource('gate', { serveCmd: 'touch open.txt; sleep 1000', readinessProbe: probe.exec(['test', '-e', 'open.txt'], { period: '100ms', failureThreshold: 1 }) })
localResource('work', { cmd: 'echo work runs', deps: ['src'], resourceDeps: [ready(gate)] })
`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('│ work runs')
    const { rmSync, writeFileSync } = await import('node:fs')
    rmSync(project.path('open.txt'))
    await dev.printed(/gate │ .*(not ready|failed)/i)
    project.write('src/in.txt', 'edited')
    await sleep(700)
    expect(count(dev, '│ work runs')).toBe(1)
    writeFileSync(project.path('open.txt'), '')
    await until('work runs once the gate is open', () => count(dev, '│ work runs') === 2)
  })
})

describe('an update', () => {
  it('PRI-04: says why it runs: first run, files, trigger, config', async () => {
    const config = (word: string): string =>
      `import { localResource } from 'tiltts'\nlocalResource('job', { cmd: 'echo ran ${word}', deps: ['src'] })\n`
    const project = tempProject({ 'src/why.txt': '', 'tilt.config.ts': config('one') })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('│ ran one')
    expect(dev.stdout()).toContain('job │ Initial Build')
    project.write('src/why.txt', 'edited')
    await dev.printed(/job │ .*why\.txt/)
    await runTiltts(project, ['trigger', 'job', '--wait'])
    expect(dev.stdout()).toMatch(/job │ .*CLI Trigger/)
    project.write('tilt.config.ts', config('two'))
    await dev.printed('│ ran two')
    expect(dev.stdout()).toMatch(/job │ .*Config Changed/)
  })
})

describe('start-up probing', () => {
  it('finds a fast server ready long before its period of 10 s', async () => {
    const project = tempProject({
      'server.cjs': `setTimeout(() => require('http').createServer((_, res) => res.end('ok')).listen(4731), 150)`,
      'tilt.config.ts': `import { localResource, probe } from 'tiltts'
localResource('server', { serveCmd: ['node', 'server.cjs'], readinessProbe: probe.http({ port: 4731, failureThreshold: 1 }) })
`,
    })
    const { code, ms } = await runTiltts(project, ['ci', '--port', '0'])
    expect(code).toBe(0)
    expect(ms).toBeLessThan(8000)
  })
})
