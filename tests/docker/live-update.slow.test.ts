import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { docker, execsOf, liveWorld, waits } from './live-world.js'

const skip = skipReason('docker')
const dockerfile = `FROM busybox\nWORKDIR /app\nCOPY . .\nCMD ["sh", "-c", "${waits}"]\n`

describe.skipIf(skip !== undefined)(`live update on a real engine${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('LU-07: edits, deletes, links, modes and kinds arrive in order, by one process that stays', async () => {
    const w = await liveWorld({
      files: {
        Dockerfile: dockerfile,
        'src/a.txt': 'one',
        'src/b.txt': 'b',
        'src/deep/c.txt': 'c',
        'package.json': '{}',
      },
      steps: [
        "sync('./app', '/app')",
        "run('cat /app/package.json >> /installed', { trigger: './app/package.json' })",
        "run(['sh', '-c', 'cat /app/src/a.txt /installed > /second; echo >> /count'])",
      ].join(', '),
    })
    const id = await w.container()
    await w.edited(() => w.write('src/a.txt', 'two'))
    const execs = await execsOf(id, async () => {
      for (let turn = 0; turn < 5; turn++) await w.edited(() => w.write('src/a.txt', `edit ${turn}`))
    })
    expect(execs).toEqual([])
    expect(await w.text('/app/src/a.txt')).toBe('edit 4')
    expect(await w.text('/installed')).toBeUndefined()

    await w.edited(() => w.write('package.json', '{"a":1}'))
    expect(await w.text('/second')).toBe('edit 4{"a":1}')

    await w.edited(() => w.remove('src/b.txt'))
    expect(await w.text('/app/src/b.txt')).toBeUndefined()

    await w.edited(() => w.write('src/script', '#!/bin/sh\necho ran', 0o755))
    expect(await w.sh('/app/src/script')).toBe('ran')
    await w.edited(() => w.write('src/script', '#!/bin/sh\necho ran', 0o644))
    expect(await w.sh('stat -c %a /app/src/script')).toBe('644')

    await w.edited(() => w.link('src/link', 'a.txt'))
    expect(await w.sh('readlink /app/src/link')).toBe('a.txt')
    await w.edited(() => {
      w.remove('src/link')
      w.write('src/link', 'a file now')
    })
    expect(await w.sh('readlink /app/src/link || cat /app/src/link')).toBe('a file now')

    await w.edited(() => {
      w.remove('src/deep')
      w.write('src/deep', 'no folder any more')
    })
    expect(await w.text('/app/src/deep')).toBe('no folder any more')
    await w.edited(() => {
      w.remove('src/deep')
      w.write('src/deep/d/e.txt', 'a folder again')
    })
    expect(await w.text('/app/src/deep/d/e.txt')).toBe('a folder again')
    await w.edited(() => w.move('src/deep', 'src/shallow'))
    expect(await w.sh('find /app/src -type f | sort')).toBe(
      ['a.txt', 'link', 'script', 'shallow/d/e.txt'].map((name) => `/app/src/${name}`).join('\n'),
    )

    // The same content again is no reason to do anything.
    const before = await w.sh('wc -l < /count')
    await w.edited(() => w.write('src/a.txt', 'edit 4'))
    expect((await w.updates()).at(-1)).toMatchObject({ liveUpdate: true, skipped: expect.anything() })
    expect(await w.sh('wc -l < /count')).toBe(before)
    expect(w.dev().stdout()).not.toContain('not possible')
    expect(await w.container()).toBe(id)
  })

  it('LU-07: empty folders come and go as files do, and run nothing; one that was moved away goes with all in it', async () => {
    const w = await liveWorld({
      files: {
        Dockerfile: dockerfile,
        'src/a.txt': 'one',
        'src/kept/deep/b.txt': 'b',
        'src/moved/deep/c.txt': 'c',
      },
      prepare: (folder) => mkdirSync(join(folder, 'src/empty')),
      steps: "sync('./app/src', '/app/src'), run('echo >> /count')",
    })
    const id = await w.container()
    const folders = (): Promise<string> => w.sh('cd /app/src && find . -mindepth 1 | sort | tr "\\n" " "')
    await w.edited(() => mkdirSync(w.local('src/new/deep'), { recursive: true }))
    await until('both are there', async () => (await folders()).includes('./new/deep'))
    expect((await w.updates()).at(-1)).toMatchObject({ liveUpdate: true })
    await w.edited(() => w.remove('src/empty'))
    expect(await folders()).not.toContain('./empty')
    await w.edited(() => w.remove('src/new'))
    expect(await folders()).not.toContain('./new')
    expect(await w.text('/count')).toBeUndefined()

    await w.edited(() => w.move('src/moved', '../elsewhere'))
    expect(await folders()).not.toContain('./moved')
    expect(await w.text('/count')).toBe('\n')
    await w.edited(() => w.move('../elsewhere', 'src/moved'))
    await w.holds('/app/src/moved/deep/c.txt', 'c')

    // Also what happens while nobody looks, where the image is the same.
    await w.edited(() => mkdirSync(w.local('src/last')))
    await w.edited(() => mkdirSync(w.local('src/empty')))
    expect(await folders()).toContain('./last')
    await w.stop()
    w.remove('src/last')
    await w.start()
    expect(await w.container()).toBe(id)
    expect(await folders()).not.toContain('./last')
    expect(await folders()).toContain('./kept/deep/b.txt')
  })

  it('LU-05, LU-09, LU-10: what does not fit builds an image and says why; a command that fails does not', async () => {
    const w = await liveWorld({
      files: { Dockerfile: dockerfile, 'src/a.txt': 'one', 'src/schema.txt': 's', 'src/check': 'true', other: 'o' },
      steps:
        "fallBackOn('./app/src/schema.txt'), sync('./app/src', '/app/src'), run('sh /app/src/check', { trigger: './app/src/check' })",
    })
    let id = await w.container()
    const replaced = async (): Promise<void> => {
      await until('another container runs', async () => ![id, ''].includes(await w.container()), 30_000)
      id = await w.container()
    }
    await w.edited(() => w.write('src/check', 'echo not good >&2; exit 7'))
    expect(w.dev().stdout()).toMatch(/not good\n.*Update failed: sh \/app\/src\/check: exit code 7/)
    expect(await w.updates()).toContainEqual(
      expect.objectContaining({ phase: 'failed', exitCode: 7, liveUpdate: true }),
    )
    await w.edited(() => w.write('src/a.txt', 'two'))
    expect(w.said('exit code 7')).toBe(2)
    await w.edited(() => w.write('src/check', 'true'))
    expect(await w.container()).toBe(id)

    w.write('src/schema.txt', 't')
    await replaced()
    const schema = `${w.local('src/schema.txt')} is named by fallBackOn`
    await w.dev().printed(`Live update not possible: ${schema}. Building the image instead`)
    w.write('other', 'p')
    await replaced()
    const other = `no sync takes in ${w.local('other')}`
    await w.dev().printed(`Live update not possible: ${other}. Building the image instead`)

    await docker('kill', id)
    await until('it is seen', async () => (await w.containers()).length === 0)
    w.write('src/a.txt', 'three')
    await until('it runs again', async () => (await w.containers()).length === 1, 30_000)
    await w.holds('/app/src/a.txt', 'three')
    const exited = `container ${w.name}-app-1 has exited (code 137)`
    await w.dev().printed(`Live update not possible: ${exited}. Building the image instead`)
    await until('the last update has ended', async () => (await w.updates()).every(({ phase }) => phase !== 'running'))
    expect((await w.updates()).flatMap(({ fallback }) => fallback ?? [])).toEqual([schema, other, exited])
  })

  it('LU-03: a container that somebody made by hand gets what the one before it had', async () => {
    const w = await liveWorld({
      files: { Dockerfile: dockerfile, 'src/a.txt': 'one', 'src/b.txt': 'one', 'src/c.txt': 'one' },
      steps: "sync('./app/src', '/app/src'), run('cat /app/src/a.txt > /ran')",
      service: { scale: 2 },
    })
    const both = async (path: string, text: string | undefined): Promise<void> => {
      const ids = await w.containers()
      expect(ids).toHaveLength(2)
      for (const id of ids) await w.holds(path, text, id)
    }
    await w.edited(() => w.write('src/a.txt', 'two'))
    await w.edited(() => w.remove('src/b.txt'))
    await both('/app/src/a.txt', 'two')
    const [, second = ''] = await w.containers()
    await docker('rm', '--force', second)
    await docker('compose', '--file', w.project.path('compose.yaml'), 'up', '--detach', '--no-recreate')
    await until('there are two again', async () => (await w.containers()).length === 2)
    await both('/app/src/a.txt', 'two')
    await both('/app/src/b.txt', undefined)
    await both('/ran', 'two')

    // In mid-update, too: the command of the edit is what takes the container away.
    for (const id of await w.containers()) await docker('rm', '--force', id)
    w.write('src/c.txt', 'three')
    await docker('compose', '--file', w.project.path('compose.yaml'), 'up', '--detach', '--no-recreate')
    await until('there are two again', async () => (await w.containers()).length === 2)
    await both('/app/src/c.txt', 'three')
    await both('/app/src/a.txt', 'two')
    await both('/app/src/b.txt', undefined)
  })

  it('LU-16: initialSync sends what differs from the image, and no more', async () => {
    const w = await liveWorld({
      files: {
        Dockerfile: `FROM busybox\nWORKDIR /app\nCOPY src/same.txt src/\nRUN echo old > src/other.txt; echo kept > src/own.txt\nCMD ["sh", "-c", "${waits}"]\n`,
        'src/same.txt': 'same',
        'src/other.txt': 'new',
        'src/only.txt': 'here',
        'src/tmp/x': 'ignored',
      },
      image: "ignore: ['src/tmp']",
      steps: "initialSync(), sync('./app/src', '/app/src'), run('echo >> /count')",
    })
    expect(w.said('Initial sync: 2 files copied')).toBe(1)
    expect(await w.text('/app/src/only.txt')).toBe('here')
    expect(await w.text('/app/src/other.txt')).toBe('new')
    expect(await w.text('/app/src/own.txt')).toBe('kept\n')
    expect(await w.text('/app/src/tmp/x')).toBeUndefined()
    expect(await w.text('/count')).toBe('\n')
    await w.edited(() => w.write('src/only.txt', 'edited'))
    await docker('rm', '--force', await w.container())
    await docker('compose', '--file', w.project.path('compose.yaml'), 'up', '--detach', '--no-recreate')
    await until('it is there again', async () => (await w.container()) !== '')
    await w.holds('/app/src/only.txt', 'edited')
    await w.holds('/app/src/other.txt', 'new')
  })

  it('LU-04: edits during an update are in the container after it, and an edit storm ends in what is here', async () => {
    const w = await liveWorld({
      files: {
        Dockerfile: dockerfile,
        'src/a.txt': 'one',
        ...Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`src/storm/${index}.txt`, 'calm'])),
      },
      steps:
        "sync('./app/src', '/app/src'), run('sleep 1; cat /app/src/a.txt >> /ran', { trigger: './app/src/a.txt' })",
    })
    const id = await w.container()
    w.write('src/a.txt', 'two')
    await w.holds('/app/src/a.txt', 'two')
    w.write('src/a.txt', 'three')
    await sleep(100)
    w.write('src/a.txt', 'four')
    await w.holds('/ran', 'twofour')
    expect(await w.text('/app/src/a.txt')).toBe('four')

    const end = performance.now() + 10_000
    for (let edit = 0; edit < 1000; edit++) {
      const name = `src/storm/${(edit * 7) % 50}.txt`
      if (edit % 97 === 96) w.remove(name)
      else w.write(name, `edit ${edit}`)
      await sleep(Math.max(0, (end - performance.now()) / (1000 - edit)))
    }
    const local = Array.from({ length: 50 }, (_, index) => index)
    await until(
      'the container equals what is here',
      async () =>
        (await w.sh('cd /app/src/storm && for f in $(ls | sort -n); do echo "$f $(cat $f)"; done')) ===
        w.listing('src/storm'),
      20_000,
    )
    expect(local).toHaveLength(50)
    expect(await w.container()).toBe(id)
    expect(w.said('Building the image instead')).toBe(0)
  }, 120_000)
})
