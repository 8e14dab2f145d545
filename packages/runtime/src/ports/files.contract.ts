import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Files, FileWatcher, TreeRequest, WatchProblem, WatchRequest } from './files.js'

/** A file system to test on. All paths are absolute; `write`, `mkdir` and `symlink` make the folders above. */
export interface FilesWorld {
  readonly files: Files
  /** An empty folder of its own, below which other folders may be made; outside of any git repository. */
  readonly root: string
  write(path: string, text: string): Promise<void>
  mkdir(path: string): Promise<void>
  /** Makes a symbolic link. */
  symlink(target: string, path: string): Promise<void>
  /** Removes a file, or a folder with all below. */
  remove(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Changes the mode of a file or folder, and the times of a folder. */
  chmod(path: string): Promise<void>
  close(): Promise<void>
}

/** Titles of cases that an implementation cannot pass, each with the reason. */
export type FilesSkips = Readonly<Record<string, string>>

interface Observer {
  readonly watcher: FileWatcher
  readonly problems: readonly WatchProblem[]
  /** All reported paths so far, with repeats. */
  seen(): readonly string[]
  /** Resolves when all these paths were reported since the last `forget`. */
  until(...paths: string[]): Promise<void>
  forget(): void
}

const patienceMs = 8_000

/** What every file system must do for the engine, the real one and the fake. */
export function filesContract(make: () => Promise<FilesWorld>, skips: FilesSkips = {}): void {
  let world: FilesWorld
  let open: FileWatcher[] = []

  const at = (path: string): string => `${world.root}/${path}`

  const observe = async (paths: readonly string[], rules: Partial<WatchRequest> = {}): Promise<Observer> => {
    let seen: string[] = []
    let wake = (): void => {}
    const problems: WatchProblem[] = []
    const watcher = await world.files.watch({
      paths: paths.map(at),
      ignored: () => false,
      prunes: () => false,
      onChange(changed) {
        seen.push(...changed)
        wake()
      },
      onProblem: (problem) => void problems.push(problem),
      ...rules,
    })
    open.push(watcher)
    return {
      watcher,
      problems,
      seen: () => seen,
      forget: () => {
        seen = []
      },
      async until(...wanted) {
        const missing = (): string[] => wanted.map(at).filter((path) => !seen.includes(path))
        const deadline = Date.now() + patienceMs
        while (missing().length > 0) {
          if (Date.now() > deadline)
            throw new Error(`not reported: ${missing().join(', ')}; reported: ${seen.join(', ')}`)
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, 50)
            wake = () => {
              clearTimeout(timer)
              resolve()
            }
          })
        }
      },
    }
  }

  const test = (title: string, run: () => Promise<void>): void => {
    const reason = skips[title]
    if (reason === undefined) it(title, run)
    else it.skip(`${title} (${reason})`, run)
  }

  beforeEach(async () => {
    world = await make()
    open = []
  })
  afterEach(async () => {
    await Promise.all(open.map((watcher) => watcher.close()))
    await world.files.close()
    await world.close()
  })

  describe('watch', () => {
    test('reports files that are written, made and removed, at any depth', async () => {
      await world.write(at('src/deep/er/old.ts'), 'one')
      const all = await observe(['src'])
      await world.write(at('src/deep/er/old.ts'), 'two')
      await all.until('src/deep/er/old.ts')
      await world.write(at('src/deep/er/new.ts'), 'one')
      await all.until('src/deep/er/new.ts')
      all.forget()
      await world.remove(at('src/deep/er/old.ts'))
      await all.until('src/deep/er/old.ts')
      expect(all.problems).toEqual([])
    })

    test('WATCH-01: a file written together with the folders above it is never missed', async () => {
      await world.mkdir(at('src'))
      const all = await observe(['src'])
      const written: string[] = []
      for (let index = 0; index < 20; index++) {
        const path = `src/a${index}/b/c/file.ts`
        await world.write(at(path), 'text')
        written.push(path)
      }
      await all.until(...written)
      all.forget()
      for (const path of written) await world.write(at(path), 'again')
      await all.until(...written)
    })

    test('WATCH-01: reports what a renamed folder holds under its new name, and what is written below it later', async () => {
      await world.write(at('src/a/x/one.ts'), 'one')
      await world.write(at('src/a/two.ts'), 'two')
      const all = await observe(['src'])
      await world.rename(at('src/a'), at('src/b'))
      await all.until('src/a', 'src/b', 'src/b/x/one.ts', 'src/b/two.ts')
      all.forget()
      await world.write(at('src/b/x/one.ts'), 'changed')
      await world.write(at('src/b/x/three.ts'), 'new')
      await all.until('src/b/x/one.ts', 'src/b/x/three.ts')
      expect(all.seen()).not.toContain(at('src/a/x/one.ts'))
    })

    test('WATCH-01: reports what comes with a folder that is moved in, and what goes with one that is moved out', async () => {
      await world.mkdir(at('src'))
      await world.write(at('elsewhere/pack/x/one.ts'), 'one')
      const all = await observe(['src'])
      await world.rename(at('elsewhere/pack'), at('src/pack'))
      await all.until('src/pack/x/one.ts')
      all.forget()
      await world.rename(at('src/pack'), at('elsewhere/pack'))
      await all.until('src/pack', 'src/pack/x/one.ts')
      all.forget()
      await world.write(at('elsewhere/pack/x/one.ts'), 'two')
      await world.write(at('src/end.ts'), 'end')
      await all.until('src/end.ts')
      expect(all.seen().filter((path) => path.includes('one.ts'))).toEqual([])
    })

    test('WATCH-01: a folder that was removed and made again is watched as before', async () => {
      await world.write(at('src/a/b/one.ts'), 'one')
      const all = await observe(['src'])
      for (let round = 0; round < 3; round++) {
        all.forget()
        await world.remove(at('src/a'))
        await all.until('src/a', 'src/a/b/one.ts')
        all.forget()
        await world.write(at('src/a/b/one.ts'), 'one')
        await all.until('src/a/b/one.ts')
        all.forget()
        await world.write(at('src/a/b/one.ts'), 'changed')
        await all.until('src/a/b/one.ts')
      }
    })

    test('a folder that is replaced at once by another of its name is watched as before', async () => {
      await world.write(at('src/a/one.ts'), 'one')
      const all = await observe(['src'])
      await world.remove(at('src/a'))
      await world.write(at('src/a/two.ts'), 'two')
      await all.until('src/a/one.ts', 'src/a/two.ts')
      all.forget()
      await world.write(at('src/a/two.ts'), 'changed')
      await all.until('src/a/two.ts')
    })

    test('a file that becomes a folder, and a folder that becomes a file, are seen', async () => {
      await world.write(at('src/a'), 'file')
      await world.write(at('src/b/inner.ts'), 'text')
      const all = await observe(['src'])
      await world.remove(at('src/a'))
      await world.write(at('src/a/inner.ts'), 'text')
      await world.remove(at('src/b'))
      await world.write(at('src/b'), 'file')
      await all.until('src/a/inner.ts', 'src/b/inner.ts', 'src/b')
      all.forget()
      await world.write(at('src/a/inner.ts'), 'changed')
      await world.write(at('src/b'), 'changed')
      await all.until('src/a/inner.ts', 'src/b')
    })

    test('WATCH-01: links are not followed, but seen when they change themselves', async () => {
      await world.write(at('other/target.ts'), 'one')
      await world.mkdir(at('src'))
      await world.symlink(at('other'), at('src/link'))
      const all = await observe(['src'])
      await world.write(at('other/target.ts'), 'two')
      await world.remove(at('src/link'))
      await world.symlink(at('other/target.ts'), at('src/link'))
      await all.until('src/link')
      expect(all.seen().filter((path) => path !== at('src/link'))).toEqual([])
    })

    test('a watched path that is a link to a folder is watched through it', async () => {
      await world.write(at('real/a/one.ts'), 'one')
      await world.symlink(at('real'), at('link'))
      const all = await observe(['link'])
      await world.write(at('real/a/one.ts'), 'two')
      await all.until('link/a/one.ts')
      all.forget()
      await world.write(at('real/b/two.ts'), 'two')
      await all.until('link/b/two.ts')
    })

    test('a watched path that is a link to a file is watched through it', async () => {
      await world.write(at('real/one.ts'), 'one')
      await world.symlink(at('real/one.ts'), at('link.ts'))
      const all = await observe(['link.ts'])
      await world.write(at('real/one.ts'), 'two')
      await all.until('link.ts')
    })

    test('an atomic save is a change of the file', async () => {
      await world.write(at('src/main.ts'), 'one')
      const all = await observe(['src'])
      const one = await observe(['src/main.ts'])
      for (let round = 0; round < 3; round++) {
        all.forget()
        one.forget()
        await world.write(at('src/.main.ts.swp'), `round ${round}`)
        await world.rename(at('src/.main.ts.swp'), at('src/main.ts'))
        await all.until('src/main.ts')
        await one.until('src/main.ts')
      }
      expect(new Set(one.seen())).toEqual(new Set([at('src/main.ts')]))
    })

    test('LR-05: a path that does not exist yet is watched for, however many folders are missing above it', async () => {
      const folder = await observe(['not/yet/there'])
      const file = await observe(['not/yet/there/main.ts'])
      await world.write(at('not/other.ts'), 'text')
      await world.mkdir(at('not/yet/there'))
      await folder.until('not/yet/there')
      await world.write(at('not/yet/there/main.ts'), 'text')
      await folder.until('not/yet/there/main.ts')
      await file.until('not/yet/there/main.ts')
      expect(folder.seen()).not.toContain(at('not/other.ts'))
    })

    test('LR-05: a missing path that is moved into place with all it holds is seen', async () => {
      await world.write(at('build/tmp/there/a/main.ts'), 'text')
      const all = await observe(['not/yet/there'])
      await world.mkdir(at('not'))
      await world.rename(at('build/tmp'), at('not/yet'))
      await all.until('not/yet/there/a/main.ts')
      all.forget()
      await world.write(at('not/yet/there/a/main.ts'), 'changed')
      await all.until('not/yet/there/a/main.ts')
    })

    test('a single file is watched through removal, return and replacement, without its neighbours', async () => {
      await world.write(at('src/main.ts'), 'one')
      const one = await observe(['src/main.ts'])
      await world.write(at('src/neighbour.ts'), 'one')
      await world.write(at('src/main.ts'), 'two')
      await one.until('src/main.ts')
      one.forget()
      await world.remove(at('src/main.ts'))
      await one.until('src/main.ts')
      one.forget()
      await world.write(at('src/main.ts'), 'three')
      await one.until('src/main.ts')
      one.forget()
      await world.remove(at('src'))
      await one.until('src/main.ts')
      one.forget()
      await world.write(at('src/main.ts'), 'four')
      await one.until('src/main.ts')
      expect(one.seen()).not.toContain(at('src/neighbour.ts'))
    })

    test('a watched folder that is removed and made again is watched as before', async () => {
      await world.write(at('some/src/a/main.ts'), 'one')
      const all = await observe(['some/src'])
      await world.remove(at('some'))
      await all.until('some/src', 'some/src/a/main.ts')
      all.forget()
      await world.write(at('some/src/a/main.ts'), 'two')
      await all.until('some/src/a/main.ts')
      all.forget()
      await world.write(at('some/src/a/main.ts'), 'three')
      await all.until('some/src/a/main.ts')
    })

    test('a rename of a folder above a watched one is seen, and so is its return', async () => {
      await world.write(at('packages/app/src/main.ts'), 'one')
      const all = await observe(['packages/app/src'])
      await world.rename(at('packages'), at('moved'))
      await all.until('packages/app/src')
      await world.rename(at('moved'), at('packages'))
      await all.until('packages/app/src/main.ts')
      all.forget()
      await world.write(at('packages/app/src/main.ts'), 'two')
      await all.until('packages/app/src/main.ts')
    })

    test('WATCH-02: a change of mode counts for a file, but not for a folder, nor does a change of its times', async () => {
      await world.write(at('src/a/main.ts'), 'one')
      const all = await observe(['src'])
      // A folder made a moment ago may be taken for another one of its name.
      await new Promise((resolve) => setTimeout(resolve, 50))
      await world.chmod(at('src/a'))
      await world.chmod(at('src'))
      await world.chmod(at('src/a/main.ts'))
      await all.until('src/a/main.ts')
      expect(all.seen().filter((path) => path !== at('src/a/main.ts'))).toEqual([])
    })

    test('WATCH-03: a file written with the text it had is a change', async () => {
      await world.write(at('src/main.ts'), 'same')
      const all = await observe(['src'])
      await world.write(at('src/main.ts'), 'same')
      await all.until('src/main.ts')
    })

    test('a file written twice in a row is reported after the second time, too', async () => {
      await world.write(at('src/main.ts'), '0')
      const all = await observe(['src'])
      for (let round = 1; round <= 10; round++) {
        all.forget()
        await world.write(at('src/main.ts'), `${round}`)
        await all.until('src/main.ts')
      }
      all.forget()
      await Promise.all([world.write(at('src/main.ts'), 'a'), world.write(at('src/main.ts'), 'b')])
      await all.until('src/main.ts')
    })

    test('what a request ignores or prunes is not reported to it, but to others', async () => {
      await world.write(at('src/node_modules/pack/index.js'), 'one')
      await world.write(at('src/main.ts'), 'one')
      const own = await observe(['src'], {
        ignored: (path) => path.endsWith('.log') || path.includes('node_modules'),
        prunes: (folder) => folder.endsWith('node_modules'),
      })
      const others = await observe(['src'])
      await world.write(at('src/node_modules/pack/index.js'), 'two')
      await world.write(at('src/node_modules/new/index.js'), 'two')
      await world.write(at('src/out.log'), 'text')
      await world.write(at('src/main.ts'), 'two')
      await own.until('src/main.ts')
      await others.until(
        'src/node_modules/pack/index.js',
        'src/node_modules/new/index.js',
        'src/out.log',
        'src/main.ts',
      )
      expect(new Set(own.seen())).toEqual(new Set([at('src/main.ts')]))
    })

    test('folders within folders, watched on their own, are told to each', async () => {
      await world.write(at('src/a/main.ts'), 'one')
      const outer = await observe(['src'])
      const inner = await observe(['src/a'])
      await world.write(at('src/a/main.ts'), 'two')
      await outer.until('src/a/main.ts')
      await inner.until('src/a/main.ts')
      outer.forget()
      inner.forget()
      await world.remove(at('src/a'))
      await world.write(at('src/a/b/main.ts'), 'three')
      await outer.until('src/a/b/main.ts')
      await inner.until('src/a/b/main.ts')
      inner.forget()
      await outer.watcher.close()
      await world.write(at('src/a/b/main.ts'), 'four')
      await inner.until('src/a/b/main.ts')
    })

    test('WATCH-05: nothing is missed while a watch takes the place of another, and history of the old one ends', async () => {
      await world.write(at('src/a/main.ts'), 'one')
      const before = await observe(['src'])
      const after = await observe(['src', 'more'])
      await world.write(at('src/a/main.ts'), 'two')
      await before.until('src/a/main.ts')
      await after.until('src/a/main.ts')
      await before.watcher.close()
      before.forget()
      after.forget()
      await world.write(at('src/a/main.ts'), 'three')
      await world.write(at('more/new.ts'), 'one')
      await after.until('src/a/main.ts', 'more/new.ts')
      expect(before.seen()).toEqual([])
    })

    test('knows when git is at work in a watched repository', async () => {
      await world.mkdir(at('repo/.git'))
      await world.write(at('repo/src/main.ts'), 'one')
      const all = await observe(['repo/src'])
      const elsewhere = await observe(['other'])
      expect(all.watcher.gitLocked()).toBe(false)
      await world.write(at('repo/.git/index.lock'), '')
      expect(all.watcher.gitLocked()).toBe(true)
      expect(elsewhere.watcher.gitLocked()).toBe(false)
      await world.remove(at('repo/.git/index.lock'))
      expect(all.watcher.gitLocked()).toBe(false)
    })
  })

  describe('hash', () => {
    const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
    const nothing = (): boolean => false

    test('gives the SHA-256 of files and of all files in folders, sorted, absent ones left out', async () => {
      await world.write(at('b/two.ts'), 'two')
      await world.write(at('b/a/one.ts'), 'one')
      await world.write(at('a.ts'), '')
      const hashes = await world.files.hash([at('b'), at('a.ts'), at('absent'), at('b/two.ts')], nothing)
      expect([...hashes]).toEqual([
        [at('a.ts'), hashOf('')],
        [at('b/a/one.ts'), hashOf('one')],
        [at('b/two.ts'), hashOf('two')],
      ])
    })

    test('leaves out what is ignored, and does not enter what is pruned', async () => {
      await world.write(at('src/main.ts'), 'one')
      await world.write(at('src/out.log'), 'log')
      await world.write(at('src/node_modules/a.js'), 'a')
      const hashes = await world.files.hash(
        [at('src')],
        (path) => path.endsWith('.log'),
        undefined,
        (folder) => folder.endsWith('node_modules'),
      )
      expect([...hashes.keys()]).toEqual([at('src/main.ts')])
    })

    test('sees every change, one of the same length at once after the first look included', async () => {
      await world.write(at('main.ts'), 'aaa')
      const texts = ['aaa', 'bbb', 'ccc', 'bbb']
      for (const text of texts) {
        await world.write(at('main.ts'), text)
        const hashes = await world.files.hash([at('main.ts')], nothing)
        expect(hashes.get(at('main.ts'))).toBe(hashOf(text))
      }
    })

    test('follows links only when they are given', async () => {
      await world.write(at('real/one.ts'), 'one')
      await world.symlink(at('real'), at('link'))
      await world.symlink(at('real/one.ts'), at('folder/link.ts'))
      const hashes = await world.files.hash([at('link'), at('folder')], nothing)
      expect([...hashes]).toEqual([
        [at('folder/link.ts'), hashOf(at('real/one.ts'))],
        [at('link/one.ts'), hashOf('one')],
      ])
    })

    test('stops when it is called off', async () => {
      await world.write(at('main.ts'), 'one')
      const reason = new Error('called off')
      await expect(world.files.hash([at('main.ts')], nothing, AbortSignal.abort(reason))).rejects.toBe(reason)
    })
  })

  describe('tree', () => {
    const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
    const all = { ignored: () => false, prunes: () => false }
    const told = async (paths: readonly string[], rules: Partial<TreeRequest> = {}): Promise<readonly string[]> => {
      const entries = await world.files.tree({ paths: paths.map(at), ...all, ...rules })
      return entries.map(({ path, kind }) => `${kind} ${path.slice(world.root.length + 1)}`)
    }

    test('tells what stands at and below paths, sorted, absent ones left out', async () => {
      await world.write(at('b/two.ts'), 'two')
      await world.write(at('b/a/one.ts'), '')
      await world.symlink('two.ts', at('b/link'))
      await world.write(at('a.ts'), 'a')
      const entries = await world.files.tree({ paths: ['b', 'a.ts', 'absent', 'b/a'].map(at), ...all })
      expect(entries.map(({ path, kind, hash }) => [path, kind, hash])).toEqual([
        [at('a.ts'), 'file', hashOf('a')],
        [at('b'), 'folder', ''],
        [at('b/a'), 'folder', ''],
        [at('b/a/one.ts'), 'file', hashOf('')],
        [at('b/link'), 'link', hashOf('link:two.ts')],
        [at('b/two.ts'), 'file', hashOf('two')],
      ])
    })

    test('sees changes of content, of mode, and of what kind a path is', async () => {
      const one = async (): Promise<string> => JSON.stringify(await world.files.tree({ paths: [at('src')], ...all }))
      await world.write(at('src/main.ts'), 'aaa')
      const seen = [await one()]
      await world.write(at('src/main.ts'), 'bbb')
      seen.push(await one())
      await world.chmod(at('src/main.ts'))
      seen.push(await one())
      await world.remove(at('src/main.ts'))
      seen.push(await one())
      await world.mkdir(at('src/main.ts'))
      seen.push(await one())
      await world.remove(at('src/main.ts'))
      await world.symlink('other.ts', at('src/main.ts'))
      seen.push(await one())
      expect(new Set(seen).size).toBe(6)
    })

    test('leaves out what is ignored, but for the folders of what is not', async () => {
      await world.write(at('src/main.ts'), '')
      await world.write(at('src/dist/keep/this.js'), '')
      await world.write(at('src/dist/not/that.js'), '')
      await world.write(at('src/node_modules/a/keep.js'), '')
      const ignored = (path: string): boolean => path.includes('/dist') && !path.includes('/keep')
      const prunes = (folder: string): boolean => folder.endsWith('node_modules')
      expect(await told(['src'], { ignored, prunes })).toEqual([
        'folder src',
        'folder src/dist',
        'folder src/dist/keep',
        'file src/dist/keep/this.js',
        'file src/main.ts',
        'folder src/node_modules',
      ])
      expect(await told(['src'], { ignored: () => true })).toEqual([])
    })

    test('follows links only when they are given', async () => {
      await world.write(at('real/one.ts'), 'one')
      await world.symlink(at('real'), at('link'))
      await world.symlink(at('real'), at('folder/inner'))
      await world.symlink(at('nowhere'), at('broken'))
      expect(await told(['link', 'folder', 'broken'])).toEqual([
        'link broken',
        'folder folder',
        'link folder/inner',
        'folder link',
        'file link/one.ts',
      ])
    })

    test('tells what has changed since a moment, and the folders that something came into or went from', async () => {
      await world.write(at('src/old.ts'), 'old')
      await world.write(at('src/kept/old.ts'), 'old')
      await world.write(at('src/gone/old.ts'), 'old')
      await new Promise((resolve) => setTimeout(resolve, 50))
      const since = Date.now()
      await new Promise((resolve) => setTimeout(resolve, 15))
      const changed = async (): Promise<readonly string[]> => {
        const entries = await world.files.tree({ paths: [at('src')], ...all, since })
        return entries.filter((entry) => entry.changed === true).map(({ path }) => path.slice(world.root.length + 1))
      }
      expect(await changed()).toEqual([])
      await world.write(at('src/old.ts'), 'new')
      await world.remove(at('src/gone/old.ts'))
      expect(await changed()).toEqual(expect.arrayContaining(['src/gone', 'src/old.ts']))
      expect((await changed()).filter((path) => path.startsWith('src/kept'))).toEqual([])
      const entries = await world.files.tree({ paths: [at('src')], ...all })
      expect(entries.filter((entry) => 'changed' in entry)).toEqual([])
    })

    test('stops when it is called off', async () => {
      await world.write(at('main.ts'), 'one')
      const reason = new Error('called off')
      const request = { paths: [at('main.ts')], ...all, signal: AbortSignal.abort(reason) }
      await expect(world.files.tree(request)).rejects.toBe(reason)
    })
  })

  test('tells whether something exists', async () => {
    await world.write(at('a/main.ts'), 'one')
    expect([world.files.exists(at('a')), world.files.exists(at('a/main.ts')), world.files.exists(at('b'))]).toEqual([
      true,
      true,
      false,
    ])
  })
}
