import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../support/temp-project.js'
import { runTiltts } from '../support/tiltts.js'

/** Names and attributes of the elements, in order. Throws where the text is no XML. */
function xmlTags(text: string): readonly { readonly name: string; readonly attributes: Record<string, string> }[] {
  const tags: { name: string; attributes: Record<string, string> }[] = []
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => void tags.push({ name, attributes }))
  parser.write(text).close()
  return tags
}

const config = `import { localResource } from 'tiltts'
localResource('good:one', { cmd: 'echo fine' })
localResource('bad', { cmd: 'printf "before ]]> the\\\\033[31m end\\\\n"; echo "::error::not mine"; exit 7', resourceDeps: ['good:one'] })
localResource('behind', { cmd: 'true', resourceDeps: ['bad'] })
`
const all = [
  ...['--reporter', 'junit=out/junit.xml,github', '--reporter', 'json=out/report.json'],
  ...['--log-dir', 'logs', '--output-snapshot-on-exit', 'out/snapshot.json'],
]

describe('the reports of tiltts ci', () => {
  it('CLI-29: tell of a run that failed: JUnit, JSON, annotations, summary, logs and a snapshot', async () => {
    const project = tempProject({ 'tilt.config.ts': config })
    const read = (name: string): string => readFileSync(project.path(name), 'utf8')
    mkdirSync(project.path('out'))
    // Longer than what is going to be written.
    writeFileSync(project.path('out/snapshot.json'), ' '.repeat(1_000_000))
    const env = { GITHUB_WORKSPACE: project.folder, GITHUB_STEP_SUMMARY: project.path('summary.md') }
    const { code, stdout, stderr } = await runTiltts(project, ['ci', '--port', '0', ...all], { env })
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^Error: bad: .*7/) })

    const annotations = stdout.split('\n').filter((line) => line.startsWith('::'))
    expect(annotations).toEqual([expect.stringMatching(/^::error file=tilt\.config\.ts,line=3,col=\d+,title=bad::/)])
    expect(annotations[0]).toContain('%0Abefore ]]> the end%0A::error::not mine')
    expect(stdout).toMatch(/^Total .*s \(config .*s\)$/m)
    expect(stdout).toMatch(/^ *bad +failed.* cmd \S+s$/m)

    const [, suite, ...rest] = xmlTags(read('out/junit.xml'))
    expect(suite?.attributes).toMatchObject({ tests: '4', failures: '1', skipped: '1', errors: '0' })
    const cases = rest.filter(({ name }) => name === 'testcase').map(({ attributes }) => attributes['name'])
    expect(cases).toEqual(['(Tiltfile)', 'good:one', 'bad', 'behind'])

    const report = JSON.parse(read('out/report.json'))
    expect(report).toMatchObject({ version: 1, result: 'failed', exitCode: 1, config: { path: 'tilt.config.ts' } })
    expect(report.durationMs).toBeGreaterThan(0)
    expect(report.resources).toMatchObject([
      { name: 'good:one', result: 'passed', updates: [{ phase: 'succeeded', steps: [{ name: 'cmd' }] }] },
      { name: 'bad', result: 'failed', place: { file: 'tilt.config.ts', line: 3 } },
      { name: 'behind', result: 'skipped', updates: [{ phase: 'queued', startTime: null }] },
    ])
    expect(report.resources[0].updates[0].steps[0].durationMs).toEqual(expect.any(Number))

    expect(read('summary.md')).toContain('| ❌ | bad |')
    expect(readdirSync(project.path('logs')).sort()).toEqual(['bad.log', 'behind.log', 'good_one.log', 'tiltts.log'])
    expect(read('logs/good_one.log')).toMatch(/^fine$/m)
    expect(read('logs/bad.log')).toContain('before ]]> the end\n::error::not mine\n')

    const { view, createdAt } = JSON.parse(read('out/snapshot.json'))
    expect(Date.parse(createdAt)).toBeGreaterThan(0)
    const row = view.uiResources.find((one: { metadata: { name: string } }) => one.metadata.name === 'bad')
    expect(row.status.updateStatus).toBe('error')
    expect(view.logList.segments.map(({ text }: { text: string }) => text).join('')).toContain('not mine')
    expect(readdirSync(project.path('out')).sort()).toEqual(['junit.xml', 'report.json', 'snapshot.json'])
  })

  it('put what is wrong with the config at its line', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('a', { cmd: 'true', resourceDeps: ['b'] })\n`,
    })
    const args = ['ci', '--port', '0', '--reporter', 'github,junit=junit.xml']
    const { code, stdout } = await runTiltts(project, args, { env: { GITHUB_WORKSPACE: project.folder } })
    expect(code).toBe(2)
    expect(stdout).toMatch(/^::error file=tilt\.config\.ts,line=2,col=\d+,title=config::/m)
    expect(xmlTags(readFileSync(project.path('junit.xml'), 'utf8'))[1]?.attributes).toMatchObject({ errors: '1' })
  })

  it('leave stdout to the log lines with --json, and fail a good run when they cannot be written', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('a', { cmd: 'true' })\n`,
    })
    const args = ['ci', '--port', '0', '--json', '--reporter', 'json=tilt.config.ts/report.json']
    const { code, stdout, stderr } = await runTiltts(project, args)
    expect(code).toBe(1)
    expect(stderr).toContain('Error: The JSON report could not be written to')
    for (const line of stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('message')
  })

  it('refuses a reporter that it does not know, before it starts anything', async () => {
    const project = tempProject({ 'tilt.config.ts': 'throw new Error("evaluated")' })
    const { code, stdout, stderr } = await runTiltts(project, ['ci', '--reporter', 'tap'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain("not 'tap'")
  })
})
