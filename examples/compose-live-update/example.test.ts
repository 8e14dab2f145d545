import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../../tests/support/processes.js'
import { skipReason } from '../../tests/support/requires.js'
import { type TempProject, tempProject } from '../../tests/support/temp-project.js'
import { runTiltts, startTiltts } from '../../tests/support/tiltts.js'

const skip = skipReason('docker')
const names = ['tilt.config.ts', 'compose.yaml']

/** A copy of the example under a project name and a port of its own. */
function copy(port: number): TempProject {
  const project = tempProject({})
  cpSync(join(import.meta.dirname, 'api'), project.path('api'), { recursive: true })
  for (const name of names) {
    const text = readFileSync(join(import.meta.dirname, name), 'utf8')
    project.write(name, text.replace('8087', String(port)).replace('tiltts-hello', `tiltts-hello-${port}`))
  }
  onTestFinished(async () => {
    await runTiltts(project, ['down'])
  })
  return project
}

const containerOf = (port: number): string =>
  execFileSync(
    'docker',
    [
      'ps',
      '-q',
      '--no-trunc',
      '--filter',
      `label=com.docker.compose.project=tiltts-hello-${port}`,
      '--filter',
      'label=com.docker.compose.service=api',
    ],
    { encoding: 'utf8' },
  ).trim()
const answer = async (port: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text()

describe.skipIf(skip !== undefined)(`the example${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('DC-01, LU-01, LUC-05: comes up in order, takes edits into the running container, and goes down', async () => {
    const project = copy(18087)
    const dev = startTiltts(project, ['dev'])
    await dev.printed('api listens', 60_000)
    await until('it answers', async () => (await answer(18087).catch(() => '')) === 'hello\n')
    const before = containerOf(18087)
    project.write('api/src/greeting.txt', 'edited\n')
    await until('the edit is in the container', async () => (await answer(18087)) === 'edited\n')
    expect(containerOf(18087)).toBe(before)
    project.write('api/package.json', '{ "name": "hello-api", "type": "module", "version": "2.0.0" }')
    await dev.printed('cp package.json installed.json')
    await until('the command has run', () =>
      execFileSync('docker', ['exec', before, 'cat', '/app/installed.json'], { encoding: 'utf8' }).includes('2.0.0'),
    )
    project.write(
      'api/Dockerfile',
      readFileSync(project.path('api/Dockerfile'), 'utf8').replace('# Changes', 'ENV A=b\n# Changes'),
    )
    await until('another container runs', () => containerOf(18087) !== '' && containerOf(18087) !== before, 60_000)
    await until('it answers again', async () => (await answer(18087).catch(() => '')) === 'edited\n')
    await dev.printed(/ready[\s\S]*listens[\s\S]*listens/)
    dev.signal('SIGINT')
    expect((await dev.finished).code).toBe(130)
    expect(containerOf(18087)).not.toBe('')
    expect((await runTiltts(project, ['down'])).code).toBe(0)
    expect(containerOf(18087)).toBe('')
  })

  it('BLD-02, CI-03: a second ci builds nothing and starts nothing', async () => {
    const project = copy(18088)
    expect((await runTiltts(project, ['ci'])).code).toBe(0)
    const before = containerOf(18088)
    const second = await runTiltts(project, ['ci'])
    expect([second.code, containerOf(18088)]).toEqual([0, before])
    expect(second.stdout).toContain('Image hello/api is up to date')
  })

  it('a container that was live-updated holds what is here at the next start', async () => {
    const project = copy(18089)
    const first = startTiltts(project, ['dev'])
    await first.printed('api listens', 60_000)
    project.write('api/src/greeting.txt', 'B\n')
    await until('B is in the container', async () => (await answer(18089)) === 'B\n')
    first.signal('SIGINT')
    await first.finished
    project.write('api/src/greeting.txt', 'hello\n')
    const second = startTiltts(project, ['dev'])
    await second.printed(/Corrected .*greeting.txt/, 60_000)
    expect(await answer(18089)).toBe('hello\n')
  })
})
