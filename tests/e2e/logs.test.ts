import { describe, expect, it } from 'vitest'
import { tempProject } from '../support/temp-project.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'

const print = (script: string): string =>
  `import { localResource, secret } from 'tiltts'\nlocalResource('out', { cmd: ['node', 'print.cjs'], env: { PASSWORD: secret('swordfish-42') } })\n// ${script.length}\n`

describe('logs', () => {
  it('keep lines of more than 1 MB whole', async () => {
    const script = `process.stdout.write('<' + 'x'.repeat(3 << 20) + '>\\nafter\\n')`
    const project = tempProject({ 'print.cjs': script, 'tilt.config.ts': print(script) })
    const { code, stdout } = await runTiltts(project, ['ci', '--port', '0'])
    expect(code).toBe(0)
    expect(stdout.match(/x/g)?.length ?? 0).toBeGreaterThanOrEqual(3 << 20)
    expect(stdout).toContain('after')
  })

  it('take binary output, lone carriage returns, colours and a missing last line end', async () => {
    const script = `process.stdout.write(Buffer.from([0, 255, 254, 10])); process.stdout.write('10%\\r50%\\r100%\\n\\x1b[31mred\\x1b[0m text\\nno line end')`
    const project = tempProject({ 'print.cjs': script, 'tilt.config.ts': print(script) })
    const { code, stdout } = await runTiltts(project, ['ci', '--port', '0'])
    expect(code).toBe(0)
    expect(stdout).toContain('100%')
    expect(stdout).toContain('red text')
    expect(stdout).toContain('no line end')
  })

  it('SEC-01: never show a secret, not split over two writes, nor encoded', async () => {
    const script = `process.stdout.write('the word is swordf'); setTimeout(() => console.log('ish-42, or ' + Buffer.from('swordfish-42').toString('base64')), 50)`
    const project = tempProject({ 'print.cjs': script, 'tilt.config.ts': print(script) })
    const { stdout, stderr } = await runTiltts(project, ['ci', '--port', '0'])
    expect(stdout).toMatch(/the word is \[redacted/)
    expect(stdout + stderr).not.toContain('swordfish-42')
    expect(stdout).not.toContain(Buffer.from('swordfish-42').toString('base64'))
  })

  it('lose nothing of 200,000 lines, in order, also for a client that asks later', async () => {
    const script = `let i = 0; const more = () => { while (i < 200000) if (!process.stdout.write('line ' + i++ + '\\n')) return process.stdout.once('drain', more) }; more()`
    const project = tempProject({
      'print.cjs': script,
      'tilt.config.ts': `${print(script)}localResource('stay', { serveCmd: 'sleep 1000', resourceDeps: ['out'] })\n`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('All 2 resources are ready', 60_000)
    const later = await runTiltts(project, ['logs', 'out', '--source', 'build'])
    const numbers = (text: string): readonly number[] =>
      [...text.matchAll(/line (\d+)$/gm)].map((match) => Number(match[1]))
    const all = Array.from({ length: 200_000 }, (_, i) => i)
    expect(numbers(dev.stdout())).toEqual(all)
    expect(numbers(later.stdout)).toEqual(all)
    expect(numbers((await runTiltts(project, ['logs', 'out', '--tail', '3'])).stdout).slice(-2)).toEqual([
      199_998, 199_999,
    ])
  })

  it('say with its last output when a probe goes on failing', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource, probe } from 'tiltts'\nlocalResource('sick', { serveCmd: 'sleep 1000', readinessProbe: probe.exec(['sh', '-c', 'echo the disk is missing; exit 1'], { period: '500ms' }) })\n`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('the disk is missing', 30_000)
  })
})
