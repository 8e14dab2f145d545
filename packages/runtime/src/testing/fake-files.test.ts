import { describe, expect, it } from 'vitest'
import { filesContract } from '../ports/files.contract.js'
import type { WatchProblem } from '../ports/files.js'
import { fakeFiles } from './fake-files.js'

describe('fakeFiles', () => {
  filesContract(async () => {
    const files = fakeFiles()
    files.mkdir('/work')
    return {
      files,
      root: '/work',
      write: async (path, text) => files.write(path, text),
      mkdir: async (path) => files.mkdir(path),
      symlink: async (target, path) => files.symlink(target, path),
      remove: async (path) => files.remove(path),
      rename: async (from, to) => files.rename(from, to),
      chmod: async (path) => files.chmod(path),
      close: async () => {},
    }
  })

  it('reports a change before the call returns, so that a test need not wait', async () => {
    const files = fakeFiles({ '/app/main.ts': 'one' })
    const changes: (readonly string[])[] = []
    await files.watch({
      paths: ['/app'],
      ignored: () => false,
      prunes: () => false,
      onChange: (paths) => void changes.push(paths),
      onProblem: () => {},
    })
    files.write('/app/new/file.ts', 'text')
    files.rename('/app/new', '/app/old')
    expect(changes).toEqual([
      ['/app/new', '/app/new/file.ts'],
      ['/app/new', '/app/old', '/app/new/file.ts', '/app/old/file.ts'],
    ])
    expect(files.read('/app/old/file.ts')).toBe('text')
    expect(files.watched()).toEqual(['/app'])
  })

  it('tells a problem to all watchers that are open', async () => {
    const files = fakeFiles()
    const problems: WatchProblem[] = []
    const rules = { ignored: () => false, prunes: () => false, onChange: () => {} }
    const first = await files.watch({ ...rules, paths: ['/a'], onProblem: (problem) => void problems.push(problem) })
    await files.watch({ ...rules, paths: ['/b'], onProblem: (problem) => void problems.push(problem) })
    await first.close()
    const problem: WatchProblem = { code: 'files/overflow', message: 'too much', rescanned: true }
    files.fail(problem)
    expect(problems).toEqual([problem])
  })

  it('refuses what a real file system refuses', () => {
    const files = fakeFiles({ '/app/main.ts': 'one', '/full/a': '' })
    expect(() => files.read('/app/absent')).toThrow('no such file or folder: /app/absent')
    expect(() => files.remove('/absent')).toThrow('no such file or folder')
    expect(() => files.write('/app/main.ts/inner', '')).toThrow('not a folder: /app/main.ts')
    expect(() => files.write('/app', '')).toThrow('is a folder: /app')
    expect(() => files.rename('/app', '/app/inner')).toThrow('below itself')
    expect(() => files.rename('/app', '/full')).toThrow('folder not empty')
  })
})
