import { compileIgnore, relevantFiles } from '@tiltts/core/paths'
import { createStore } from '@tiltts/core/store'
import { type ConfigRead, configWatchName } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { putConfigWatch } from './config-watch.js'

const reads: readonly ConfigRead[] = [
  { path: '/repo/tilt.config.ts', kind: 'file' },
  { path: '/repo/services', kind: 'tree', depth: 1 },
  { path: '/repo/services/api/lib/words.json', kind: 'file' },
]

describe('a folder that was listed without what lies below it', () => {
  it('FS-02: makes the config another one by its direct entries only', () => {
    const files = [
      '/repo/services/new.txt',
      '/repo/services/api/main.go',
      '/repo/services/api/lib/words.json',
      '/repo/other.txt',
    ]
    expect(relevantFiles(reads, files)).toEqual(['/repo/services/new.txt', '/repo/services/api/lib/words.json'])
  })

  it('is not watched deeper, but for what else was read there', () => {
    const store = createStore({ now: () => 0, uid: () => 'uid' })
    store.update({ by: 'test' }, (tx) => putConfigWatch(tx, '(Tiltfile)', reads, []))
    const spec = store.get('FileWatch', configWatchName('(Tiltfile)'))?.spec
    const { ignored, prunes } = compileIgnore(spec?.ignores ?? [])
    expect(ignored('/repo/services/new.txt')).toBe(false)
    expect(ignored('/repo/services/web/src/a.ts')).toBe(true)
    expect(prunes('/repo/services/web/src')).toBe(true)
    expect(ignored('/repo/services/api/lib/words.json')).toBe(false)
    expect(prunes('/repo/services/api/lib')).toBe(false)
  })
})
