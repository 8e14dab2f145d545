import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { tempProject } from '../support/temp-project.js'
import { type RunningTiltts, runTiltts, startTiltts } from '../support/tiltts.js'

const runs = (dev: RunningTiltts): number => dev.stdout().split('│ build runs').length - 1
const builder = `import { localResource } from 'tiltts'\nlocalResource('build', { cmd: 'echo build runs', deps: ['src', 'not/there/yet'], ignore: ['**/*.ignored'] })\n`

async function quiet(dev: RunningTiltts): Promise<number> {
  let before = -1
  while (before !== runs(dev)) {
    before = runs(dev)
    await sleep(500)
  }
  return before
}

describe('edits', () => {
  it('WATCH-01: of every kind run the command again: nested folders, renames, atomic saves, removals, paths that did not exist', async () => {
    const project = tempProject({ 'tilt.config.ts': builder, 'src/a.txt': 'a', 'src/old/b.txt': 'b' })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('is ready')
    const edits: Readonly<Record<string, () => void>> = {
      'a write': () => project.write('src/a.txt', 'changed'),
      'mkdir -p and a write in it': () => project.write('src/x/y/z/new.txt', 'new'),
      'a write in the new folder': () => project.write('src/x/y/z/new.txt', 'newer'),
      'a renamed folder': () => renameSync(project.path('src/old'), project.path('src/renamed')),
      'a write below a renamed folder': () => project.write('src/renamed/b.txt', 'changed'),
      'an atomic save': () => {
        project.write('src/.a.txt.tmp123', 'saved')
        renameSync(project.path('src/.a.txt.tmp123'), project.path('src/a.txt'))
      },
      'a removal': () => rmSync(project.path('src/a.txt')),
      'a removed tree': () => rmSync(project.path('src/x'), { recursive: true }),
      'a path that did not exist': () => project.write('not/there/yet', 'now'),
    }
    for (const [what, edit] of Object.entries(edits)) {
      const before = await quiet(dev)
      edit()
      await until(what, () => runs(dev) > before, 5000)
    }
    const before = await quiet(dev)
    project.write('src/a.ignored', '1')
    project.write('src/a.txt~', '1')
    await sleep(600)
    expect(runs(dev)).toBe(before)
  })

  it('WATCH-02: a git checkout of 2,000 files is one update', async () => {
    const project = tempProject({ 'tilt.config.ts': builder })
    const git = (...args: string[]): unknown =>
      execFileSync(
        'git',
        ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args],
        { cwd: project.folder, stdio: 'pipe' },
      )
    const fill = (text: string): void => {
      for (let i = 0; i < 2000; i++) {
        mkdirSync(project.path(`src/d${i % 40}`), { recursive: true })
        writeFileSync(project.path(`src/d${i % 40}/f${i}.txt`), `${text} ${i}`)
      }
    }
    git('init', '--quiet')
    fill('one')
    git('add', 'src')
    git('commit', '--quiet', '-m', 'one')
    git('checkout', '--quiet', '-b', 'other')
    fill('two')
    git('add', 'src')
    git('commit', '--quiet', '-m', 'two')
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('is ready')
    const before = await quiet(dev)
    git('checkout', '--quiet', 'main')
    await until('the checkout was seen', () => runs(dev) > before)
    await sleep(1500)
    expect(runs(dev)).toBe(before + 1)
  })

  it('TRG-01: each trigger mode starts, follows files and waits for triggers as it says', async () => {
    const project = tempProject({
      'src/a.txt': '',
      'tilt.config.ts': `import { localResource } from 'tiltts'
for (const triggerMode of ['auto', 'manual'] as const) for (const autoInit of [true, false]) {
  const name = triggerMode + (autoInit ? '-init' : '-later')
  localResource(name, { cmd: 'echo ' + name + ' runs', deps: ['src'], triggerMode, autoInit, allowParallel: true })
}
`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    const names = ['auto-init', 'auto-later', 'manual-init', 'manual-later']
    const counts = (): readonly number[] => names.map((name) => dev.stdout().split(`│ ${name} runs`).length - 1)
    await until('the first two have run', () => counts().join() === '1,0,1,0')
    await sleep(500)
    expect(counts()).toEqual([1, 0, 1, 0])
    project.write('src/a.txt', 'edited')
    await until('the automatic two have run', () => counts().join() === '2,1,1,0')
    await sleep(500)
    expect(counts()).toEqual([2, 1, 1, 0])
    for (const name of ['manual-init', 'manual-later'])
      expect(await runTiltts(project, ['trigger', name, '--wait'])).toMatchObject({ code: 0 })
    expect(counts()).toEqual([2, 1, 2, 1])
  })

  it('a command that rewrites its own input is paused, with the file named, and goes on after another edit', async () => {
    const project = tempProject({
      'src/stamp.txt': '0',
      'src/real.txt': '0',
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('loop', { cmd: 'echo build runs; date +%N > src/stamp.txt', deps: ['src'] })\n`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/stamp\.txt/)
    const before = await quiet(dev)
    expect(before).toBeLessThan(10)
    await sleep(1000)
    expect(runs(dev)).toBe(before)
    project.write('src/real.txt', '1')
    await until('it goes on', () => runs(dev) > before)
  })

  it('outputs never trigger their own resource, order those that read them, and unchanged ones skip the command at the next start', async () => {
    const project = tempProject({
      'src/in.txt': 'v1',
      'tilt.config.ts': `import { localResource } from 'tiltts'
localResource('use', { cmd: 'echo used $(cat gen/out.txt)', deps: ['gen'], allowParallel: true })
localResource('gen', { cmd: 'echo build runs; sleep 0.3; mkdir -p gen; cp src/in.txt gen/out.txt', deps: ['src'], outputs: ['gen'], allowParallel: true })
`,
    })
    const first = startTiltts(project, ['dev', '--port', '0'])
    await first.printed('│ used v1')
    expect(first.stdout()).not.toContain('No such file')
    project.write('src/in.txt', 'v2')
    await first.printed('│ used v2')
    expect(runs(first)).toBe(2)
    first.signal('SIGINT')
    await first.finished
    const second = startTiltts(project, ['dev', '--port', '0'])
    await second.printed('│ used v2')
    expect(runs(second)).toBe(0)
    second.signal('SIGINT')
    await second.finished
    rmSync(project.path('gen'), { recursive: true })
    const third = startTiltts(project, ['dev', '--port', '0'])
    await third.printed('│ used v2')
    expect(runs(third)).toBe(1)
  })
})
