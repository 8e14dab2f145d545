import { chmodSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WatchBackend } from '../backend.js'
import { type LimitedWatch, limitedWatch } from '../testing/limited-watch.js'
import { observe } from '../testing/observe.js'
import { createFolderWatch } from './folder-watch.js'

let root: string
let system: LimitedWatch
let watch: WatchBackend
const at = (path: string): string => join(root, path)
const limits = { watches: 65_536, instances: 128, queuedEvents: 200 }

const write = (path: string, text = 'text'): void => {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text)
}

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tiltts-watch-')))
  system = limitedWatch()
  watch = createFolderWatch({ base: root, watchFolder: system.watchFolder, limits, pollMs: 20 })
})
afterEach(async () => {
  await watch.close()
  expect(system.open()).toEqual([])
  rmSync(root, { recursive: true, force: true })
})

describe('createFolderWatch', () => {
  it('shares one watch a folder between all that want to know, and gives it back with the last', async () => {
    write('src/a/b/main.ts')
    const first = await observe(watch, at('src'))
    const second = await observe(watch, at('src'))
    const third = await observe(watch, at('src/a/b'))
    expect(system.open()).toEqual([root, at('src'), at('src/a'), at('src/a/b')])
    await first.close()
    await second.close()
    // The way to a watched folder stays watched, should a folder on it be renamed.
    expect(system.open()).toEqual([root, at('src'), at('src/a'), at('src/a/b')])
    write('src/a/b/main.ts', 'changed')
    await third.until([at('src/a/b/main.ts')])
    await third.close()
    expect(system.open()).toEqual([])
  })

  it('tells an event only to those who watch its folder, however many others there are', async () => {
    const told = new Map<string, string[]>()
    for (let index = 0; index < 60; index++) write(`services/s${index}/main.ts`)
    await new Promise((resolve) => setTimeout(resolve, 40))
    for (let index = 0; index < 60; index++) {
      const path = at(`services/s${index}`)
      const paths: string[] = []
      told.set(path, paths)
      await watch.watch({
        path,
        prunes: () => false,
        report: (changed) => void paths.push(changed),
        problem: () => {},
        sawRepository: () => {},
      })
    }
    const one = await observe(watch, at('services/s7'))
    write('services/s7/main.ts', 'changed')
    await one.until([at('services/s7/main.ts')])
    const called = [...told].filter(([, paths]) => paths.length > 0).map(([path]) => path)
    expect(called).toEqual([at('services/s7')])
  })

  it('does not enter a folder that everybody prunes, enters it for the first who wants it, and leaves it with the last', async () => {
    write('src/node_modules/pack/index.js')
    const prunes = (folder: string): boolean => basename(folder) === 'node_modules'
    await observe(watch, at('src'), prunes)
    expect(system.open()).toEqual([root, at('src')])
    const all = await observe(watch, at('src'))
    expect(system.open()).toEqual([root, at('src'), at('src/node_modules'), at('src/node_modules/pack')])
    write('src/node_modules/pack/index.js', 'changed')
    await all.until([at('src/node_modules/pack/index.js')])
    await all.close()
    expect(system.open()).toEqual([root, at('src')])
  })

  it('finds repositories below a watched path, those made later included', async () => {
    mkdirSync(at('vendor/lib/.git'), { recursive: true })
    const all = await observe(watch, at('vendor'))
    expect(all.repositories).toEqual([at('vendor/lib')])
    mkdirSync(at('vendor/other/.git'), { recursive: true })
    await all.until([at('vendor/other/.git')])
    mkdirSync(at('vendor/.git'))
    await all.until([at('vendor/.git')])
    expect(new Set(all.repositories)).toEqual(new Set([at('vendor/lib'), at('vendor/other'), at('vendor')]))
  })

  it('keeps a change of mode of a large folder from being taken for its coming and going', async () => {
    write('src/a/main.ts')
    const all = await observe(watch, at('src'))
    await new Promise((resolve) => setTimeout(resolve, 40))
    chmodSync(at('src/a'), 0o700)
    write('src/end.ts')
    await all.until([at('src/end.ts')])
    expect(all.seen()).toEqual([at('src/end.ts')])
  })

  describe('when the system allows no more watches', () => {
    beforeEach(() => {
      for (let index = 0; index < 8; index++) write(`src/node_modules/p${index}/index.js`)
      write('src/main.ts')
    })

    it('WATCH-04: names the limit, the largest folder and the sysctl, and looks at the rest from time to time', async () => {
      system.limit(4, 'ENOSPC')
      const all = await observe(watch, at('src'))
      expect(all.problems).toEqual([
        {
          code: 'files/watch-limit',
          message: `All 65536 folder watches of this user are taken (fs.inotify.max_user_watches): 7 folders below ${at('src')} are looked at every second or slower instead. The largest folder is ${at('src/node_modules')} with 9 folders: ignore it if nothing in it matters, or raise the limit: sudo sysctl fs.inotify.max_user_watches=524288`,
          rescanned: true,
        },
      ])
      write('src/main.ts', 'changed')
      write('src/node_modules/p7/index.js', 'changed')
      write('src/node_modules/p6/new/deep/index.js')
      rmSync(at('src/node_modules/p5'), { recursive: true })
      await all.until(
        ['main.ts', 'node_modules/p7/index.js', 'node_modules/p6/new/deep/index.js', 'node_modules/p5'].map((name) =>
          at(`src/${name}`),
        ),
      )
      all.forget()
      write('src/node_modules/p6/new/deep/index.js', 'changed')
      await all.until([at('src/node_modules/p6/new/deep/index.js')])
      expect(all.problems).toHaveLength(1)
    })

    it('reports each change once, though it looks again and again', async () => {
      system.limit(0, 'ENOSPC')
      const paths: string[] = []
      await watch.watch({
        path: at('src'),
        prunes: () => false,
        report: (path) => void paths.push(path),
        problem: () => {},
        sawRepository: () => {},
      })
      await new Promise((resolve) => setTimeout(resolve, 100))
      paths.length = 0
      write('src/main.ts', 'changed')
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(paths).toEqual([at('src/main.ts')])
    })

    it('watches a file, and what does not exist yet, without any watch', async () => {
      system.limit(0, 'ENOSPC')
      const file = await observe(watch, at('src/main.ts'))
      const absent = await observe(watch, at('not/yet'))
      expect(file.problems.map((problem) => problem.code)).toEqual(['files/watch-limit'])
      write('src/main.ts', 'changed')
      write('not/yet/there.ts')
      await file.until([at('src/main.ts')])
      await absent.until([at('not/yet/there.ts')])
    })

    it('watches by the system again as soon as it has room', async () => {
      system.limit(4, 'ENOSPC')
      const all = await observe(watch, at('src'))
      system.limit(1000, 'ENOSPC')
      await expect.poll(() => system.open().length, { timeout: 5000 }).toBe(11)
      write('src/node_modules/p7/index.js', 'changed')
      await all.until([at('src/node_modules/p7/index.js')])
    })

    it('names the other limit when that is the one', async () => {
      system.limit(0, 'EMFILE')
      const all = await observe(watch, at('src'))
      expect(all.problems[0]?.message).toContain(
        'All 128 file watchers of this user are taken (fs.inotify.max_user_instances)',
      )
      expect(all.problems[0]?.message).toContain('sudo sysctl fs.inotify.max_user_instances=512')
    })
  })

  it('names a folder that may not be watched, watches the rest, and enters it once it may', async () => {
    write('src/data/secret.db')
    write('src/main.ts')
    system.deny(at('src/data'))
    const all = await observe(watch, at('src'))
    const others = await observe(watch, at('src/data'))
    expect(all.problems.map(({ code, rescanned }) => [code, rescanned])).toEqual([['files/watch-failed', false]])
    expect(all.problems[0]?.message).toContain(`${at('src/data')} cannot be watched (EACCES`)
    expect(others.problems.map((problem) => problem.code)).toEqual(['files/watch-failed'])
    write('src/main.ts', 'changed')
    await all.until([at('src/main.ts')])
    system.allow(at('src/data'))
    chmodSync(at('src/data'), 0o755)
    await all.until([at('src/data/secret.db')])
    await others.until([at('src/data/secret.db')])
    write('src/data/secret.db', 'changed')
    all.forget()
    write('src/data/secret.db', 'changed')
    await all.until([at('src/data/secret.db')])
  })

  describe('when the system drops events', () => {
    it('WATCH-04: compares everything with the disk, so that no change is lost, and says so', async () => {
      for (let index = 0; index < 5; index++) write(`src/d${index}/old.ts`)
      write('src/moved/inner/deep.ts')
      write('src/single.ts')
      const all = await observe(watch, at('src'))
      const single = await observe(watch, at('src/single.ts'))
      const absent = await observe(watch, at('not/yet'))
      await new Promise((resolve) => setTimeout(resolve, 100))
      system.dropAfter(120)

      const changed: string[] = []
      for (let index = 0; index < 140; index++) changed.push(`src/d0/f${index}.ts`)
      changed.push('src/d1/old.ts', 'src/new/deep/er.ts', 'src/single.ts', 'src/replaced.ts')
      for (const path of changed) write(path, 'new text')
      rmSync(at('src/d2'), { recursive: true })
      rmSync(at('src/d3'), { recursive: true })
      write('src/d3/other.ts')
      renameSync(at('src/moved'), at('src/to'))
      mkdirSync(at('not/yet'), { recursive: true })

      const gone = ['src/d2', 'src/d2/old.ts', 'src/d3/old.ts', 'src/moved', 'src/moved/inner', 'src/to/inner/deep.ts']
      await all.until([...changed, ...gone, 'src/d3/other.ts'].map(at))
      await single.until([at('src/single.ts')])
      await absent.until([at('not/yet')])
      const problem = await all.untilProblem('files/overflow')
      expect(problem.rescanned).toBe(true)
      expect(problem.message).toMatch(/^The system dropped file events: \d+ came at once\./)

      system.dropAfter(Number.POSITIVE_INFINITY)
      all.forget()
      const later = ['src/d3/other.ts', 'src/new/deep/er.ts', 'src/to/inner/deep.ts', 'src/d0/f139.ts']
      for (const path of later) write(path, 'later')
      write('not/yet/there.ts')
      await all.until(later.map(at))
      await absent.until([at('not/yet/there.ts')])
    })

    it('does not report what was not touched', async () => {
      for (let index = 0; index < 20; index++) write(`src/d1/old${index}.ts`)
      mkdirSync(at('src/d0'))
      const all = await observe(watch, at('src'))
      await new Promise((resolve) => setTimeout(resolve, 100))
      write('src/quiet.ts')
      await all.until([at('src/quiet.ts')])
      await new Promise((resolve) => setTimeout(resolve, 100))
      all.forget()
      for (let index = 0; index < 80; index++) write(`src/d0/f${index}.ts`)
      await all.untilProblem('files/overflow')
      expect(all.seen().filter((path) => path.includes('d1'))).toEqual([])
    })

    it('is silent about a burst that the queue of the system holds', async () => {
      mkdirSync(at('src'))
      const all = await observe(watch, at('src'))
      const paths = Array.from({ length: 20 }, (_, index) => `src/f${index}.ts`)
      for (const path of paths) write(path)
      await all.until(paths.map(at))
      expect(all.problems).toEqual([])
    })
  })
})
