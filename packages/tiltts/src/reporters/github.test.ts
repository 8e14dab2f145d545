import { describe, expect, it } from 'vitest'
import { ciResource, ciRun, failedResource, hostileText } from './ci-run.test.support.js'
import { githubAnnotations } from './github-annotations.js'
import { githubSummary } from './github-summary.js'

const lastLines = Array.from({ length: 50 }, (_, index) => `line ${index}`)

describe('annotations', () => {
  it('stand at the file and line of the failure, from the root of the checkout', () => {
    const place = { file: '/src/shop/api/Dockerfile', line: 4, column: 2 }
    const run = ciRun({ result: 'failed', resources: [ciResource('db'), failedResource('api', { place })] })
    expect(githubAnnotations(run, '/src')).toBe(
      '::error file=shop/api/Dockerfile,line=4,col=2,title=api::update failed: exited with code 7%0A%0AThe last lines of its log:%0Abefore the end%0Athe reason\n',
    )
  })

  it('name a file outside the checkout by its whole path', () =>
    expect(githubAnnotations(ciRun({ result: 'failed', resources: [failedResource('a')] }), '/src')).toMatch(
      /^::error file=\/shop\/tilt\.config\.ts,line=3,/,
    ))

  it('tell errors and warnings of the config', () => {
    const place = { file: '/shop/tilt.config.ts', line: 2, column: 5 }
    const diagnostics = [
      { code: 'config/threw', severity: 'error', message: 'no, wrong', places: [place], hint: 'Mend: it' },
      { code: 'config/threw', severity: 'warning', message: '100%', places: [] },
    ] as const
    const config = { path: '/shop/tilt.config.ts', error: 'no, wrong', diagnostics }
    expect(githubAnnotations(ciRun({ result: 'invalid-config', config }), '/shop')).toBe(
      '::error file=tilt.config.ts,line=2,col=5,title=config::no, wrong%0AMend: it\n::warning title=config::100%25\n',
    )
  })

  it('tell why a run failed that no resource is to blame for, and nothing of one that is well', () => {
    expect(githubAnnotations(ciRun({ result: 'failed', reason: 'the engine is away' }), '/shop')).toBe(
      '::error title=tiltts ci::the engine is away\n',
    )
    expect(githubAnnotations(ciRun({ resources: [ciResource('a')] }), '/shop')).toBe('')
  })

  it('are one line each, whatever commands print: no text begins a workflow command of its own', () => {
    const hostile = { detail: hostileText, lastLines: [hostileText, 'x'.repeat(100_000)] }
    const place = { file: '/shop/a,b:c\n::x', line: 1, column: 1 }
    const run = ciRun({ result: 'failed', resources: [failedResource(hostileText, { ...hostile, place })] })
    const text = githubAnnotations(run, '/shop')
    expect(text.split('\n')).toHaveLength(2)
    expect(text).toContain('file=a%2Cb%3Ac%0A%3A%3Ax,')
    expect(text.length).toBeLessThan(12_000)
  })

  it('hold the newest lines only', () => {
    const text = githubAnnotations(
      ciRun({ result: 'failed', resources: [failedResource('a', { lastLines })] }),
      '/shop',
    )
    expect(text).toContain('log:%0Aline 35%0A')
    expect(text).toContain('%0Aline 49\n')
  })
})

describe('the summary of a job', () => {
  it('has a table with each resource and its steps, and the whole duration', () => {
    const steps = [
      { name: 'image shop/api', startTime: '', durationMs: 12_300 },
      { name: 'deploy', startTime: '', durationMs: 800 },
    ]
    const api = ciResource('api', {
      state: 'ready',
      durationMs: 14_000,
      updates: [{ name: 'api-1', phase: 'succeeded', steps }],
    })
    const text = githubSummary(ciRun({ resources: [api] }))
    expect(text).toContain('Total 1m05s, config 420ms')
    expect(text).toContain('| ✅ | api | ready | 14.0s | image shop/api 12.3s, deploy 800ms |')
  })

  it('shows what failed with its last lines, and lets no text out of its cell or block', () => {
    const text = githubSummary(
      ciRun({
        result: 'failed',
        reason: 'x',
        resources: [failedResource(hostileText, { lastLines: [hostileText, '', '# no heading'] })],
      }),
    )
    const row = text.split('\n').find((line) => line.startsWith('| ❌'))
    expect(row?.split('|')).toHaveLength(7)
    expect(text).not.toMatch(/<b>|<\/failure>|^# no heading|^::/m)
    expect(text).toContain('&#10;# no heading</pre>')
  })

  it('stays below what GitHub takes', () => {
    const resources = Array.from({ length: 3_000 }, (_, index) =>
      failedResource(`r${index}`, { lastLines: ['x'.repeat(10_000)], detail: 'y'.repeat(10_000) }),
    )
    const text = githubSummary(ciRun({ result: 'failed', reason: 'z'.repeat(1e6), resources }))
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024)
    expect(text).toContain('And 2000 more.')
  })
})
