import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WatchBackend } from './backend.js'
import { createNativeWatch, type WatchTree } from './native-watch.js'
import { limitedWatch } from './testing/limited-watch.js'
import { observe } from './testing/observe.js'

type OnEvent = Parameters<WatchTree>[1]

let root: string
let watch: WatchBackend
/** What the system was asked to watch, by path: calling one is an event of the system. */
let trees: Map<string, OnEvent>
let opened: string[]
const system = limitedWatch()
const at = (path: string): string => join(root, path)

const write = (path: string, text = 'text'): void => {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text)
}
const emit = (tree: string, renamed: boolean, name: string | null): void => trees.get(at(tree))?.(renamed, name)

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tiltts-native-')))
  trees = new Map()
  opened = []
  watch = createNativeWatch({
    base: root,
    watchFolder: system.watchFolder,
    watchTree(path, onEvent) {
      trees.set(path, onEvent)
      opened.push(path)
      return { close: () => void trees.delete(path) }
    },
  })
})
afterEach(async () => {
  await watch.close()
  expect([...trees.keys()]).toEqual([])
  expect(system.open()).toEqual([])
  rmSync(root, { recursive: true, force: true })
})

describe('createNativeWatch', () => {
  it('reports changed, new and removed files, and not the mode or times of folders', async () => {
    write('src/a/main.ts')
    const all = await observe(watch, at('src'))
    emit('src', false, 'a')
    emit('src', false, 'a/main.ts')
    emit('src', true, 'a/gone.ts')
    await all.until([at('src/a/main.ts'), at('src/a/gone.ts')])
    expect(all.seen()).not.toContain(at('src/a'))
  })

  it('looks into a folder that was moved in, except where nobody wants to know', async () => {
    write('src/main.ts')
    const all = await observe(watch, at('src'), (folder) => folder.endsWith('node_modules'))
    write('src/pack/deep/er.ts')
    write('src/pack/node_modules/index.js')
    emit('src', true, 'pack')
    await all.until([at('src/pack'), at('src/pack/deep/er.ts')])
    expect(all.seen()).not.toContain(at('src/pack/node_modules/index.js'))
  })

  it('WATCH-04: compares with the disk what the system lost track of', async () => {
    write('src/old.ts')
    await new Promise((resolve) => setTimeout(resolve, 50))
    const all = await observe(watch, at('src'))
    write('src/deep/new.ts')
    emit('src', false, null)
    await all.until([at('src/deep/new.ts')])
    expect((await all.untilProblem('files/overflow')).rescanned).toBe(true)
  })

  it('has one watch of the system for all that watch the same folder', async () => {
    write('src/main.ts')
    const first = await observe(watch, at('src'))
    const second = await observe(watch, at('src'))
    expect(opened).toEqual([at('src')])
    await first.close()
    emit('src', false, 'main.ts')
    await second.until([at('src/main.ts')])
    expect(first.seen()).toEqual([])
    await second.close()
    expect([...trees.keys()]).toEqual([])
  })

  it('waits for what does not exist yet, and follows what is removed and made again', async () => {
    const all = await observe(watch, at('not/src'))
    expect(opened).toEqual([])
    write('not/src/main.ts')
    await all.until([at('not/src'), at('not/src/main.ts')])
    expect(opened).toEqual([at('not/src')])
    all.forget()
    renameSync(at('not'), at('moved'))
    await all.until([at('not/src')])
    expect([...trees.keys()]).toEqual([])
    renameSync(at('moved'), at('not'))
    await all.until([at('not/src/main.ts')])
    expect([...trees.keys()]).toEqual([at('not/src')])
  })

  it('watches a single file in its folder', async () => {
    write('src/main.ts')
    const one = await observe(watch, at('src/main.ts'))
    expect(opened).toEqual([])
    write('src/main.ts', 'changed')
    await one.until([at('src/main.ts')])
  })
})
