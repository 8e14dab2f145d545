import { describe, expect, test } from 'vitest'
import { changes, liveUpdate, restart, run, steps, sync } from './live-update.test.support.js'
import { planLiveUpdate } from './plan-live-update.js'

describe('where a file goes', () => {
  test.each([
    [
      'a file below a folder, at the same place below its target',
      sync('/app/src', '/srv'),
      '/app/src/a/b.ts',
      '/srv/a/b.ts',
    ],
    ['a folder with a slash at its end', sync('/app/src', '/srv/'), '/app/src/a.ts', '/srv/a.ts'],
    ['a folder into the root', sync('/app/src', '/'), '/app/src/a.ts', '/a.ts'],
    ['a single file', sync('/app/conf.json', '/etc/conf.json'), '/app/conf.json', '/etc/conf.json'],
    ['a single file under another name', sync('/app/conf.json', '/etc/other'), '/app/conf.json', '/etc/other'],
    ['a single file into a folder', sync('/app/conf.json', '/etc/'), '/app/conf.json', '/etc/conf.json'],
    ['a single file into the root', sync('/app/conf.json', '/'), '/app/conf.json', '/conf.json'],
  ])('LU-06: %s', (_, rule, from, to) => {
    expect(steps(planLiveUpdate(liveUpdate([rule]), changes(`file ${from}`)))).toEqual([`copy ${from} → ${to}`])
  })

  test('LU-06: the first sync that matches decides, whatever comes later', () => {
    const spec = liveUpdate([sync('/app/web', '/web'), sync('/app', '/all')])
    expect(steps(planLiveUpdate(spec, changes('file /app/web/a', 'file /app/b', 'file /app/website/c')))).toEqual([
      'copy /app/b → /all/b',
      'copy /app/website/c → /all/website/c',
      'copy /app/web/a → /web/a',
    ])
  })

  test('a file that a sync ignores is not copied, and stops nothing', () => {
    const spec = liveUpdate([sync('/app', '/srv', '**/*.log', 'tmp')], { runs: [run('make')] })
    expect(planLiveUpdate(spec, changes('file /app/x/a.log', 'gone /app/tmp/b', 'folder /app/tmp')).kind).toBe(
      'nothing',
    )
    expect(steps(planLiveUpdate(spec, changes('file /app/x/a.log', 'file /app/a')))).toEqual([
      'copy /app/a → /srv/a',
      'run make',
    ])
  })

  test('what one sync ignores another may take', () => {
    const spec = liveUpdate([sync('/app', '/srv', 'conf'), sync('/app/conf', '/etc/app')])
    expect(steps(planLiveUpdate(spec, changes('file /app/conf/a')))).toEqual(['copy /app/conf/a → /etc/app/a'])
  })

  test('where two files have one target, the earlier sync wins', () => {
    const spec = liveUpdate([sync('/app/b', '/srv'), sync('/app/a', '/srv')])
    expect(steps(planLiveUpdate(spec, changes('file /app/a/x', 'file /app/b/x')))).toEqual(['copy /app/b/x → /srv/x'])
  })

  test('links are copied as they are', () => {
    expect(steps(planLiveUpdate(liveUpdate([sync('/app', '/srv')]), changes('link /app/l')))).toEqual([
      'copy /app/l → /srv/l',
    ])
  })
})

describe('what stops', () => {
  const spec = liveUpdate([sync('/app/src', '/srv')], { stopPaths: ['/app/src/schema', '/app/lock'] })

  test('LU-05: a file that no sync takes in, by its name', () => {
    expect(planLiveUpdate(spec, changes('file /app/src/a', 'file /app/Dockerfile'))).toEqual({
      kind: 'stop',
      reason: 'no sync takes in /app/Dockerfile',
      files: ['/app/Dockerfile'],
    })
  })

  test('LU-05: a file that the config wants a new image for, with the path that says so', () => {
    expect(steps(planLiveUpdate(spec, changes('file /app/src/a', 'gone /app/src/schema/v1/b.sql')))).toEqual([
      'stop: /app/src/schema/v1/b.sql lies under /app/src/schema, which fallBackOn names',
    ])
  })

  test('LUC-09: such a path is a file itself, or a folder with all below it, and nothing that only begins like it', () => {
    expect(planLiveUpdate(spec, changes('file /app/lock'))).toMatchObject({
      reason: '/app/lock is named by fallBackOn',
    })
    expect(planLiveUpdate(spec, changes('file /app/src/schema.ts')).kind).toBe('update')
  })

  test('LU-05: such a path counts although a sync ignores it', () => {
    const ignoring = liveUpdate([sync('/app', '/srv', 'lock')], { stopPaths: ['/app/lock'] })
    expect(planLiveUpdate(ignoring, changes('file /app/lock')).kind).toBe('stop')
  })

  test('of several files the first is named, the others are counted and listed', () => {
    expect(planLiveUpdate(spec, changes('file /b', 'file /app/lock', 'file /a'))).toEqual({
      kind: 'stop',
      reason: 'no sync takes in /a (and 2 more)',
      files: ['/a', '/app/lock', '/b'],
    })
  })

  test('LU-22: the source of a sync that is gone', () => {
    const file = liveUpdate([sync('/app/conf.json', '/etc/conf.json')])
    expect(steps(planLiveUpdate(file, changes('gone /app/conf.json')))).toEqual([
      'stop: /app/conf.json, the source of a sync, is gone',
    ])
    expect(planLiveUpdate(spec, changes('gone /app/src', 'gone /app/src/a')).kind).toBe('stop')
  })

  test('the source of a sync that is a link', () => {
    expect(planLiveUpdate(spec, changes('link /app/src'))).toMatchObject({
      kind: 'stop',
      reason: '/app/src, the source of a sync, is a link that points elsewhere now',
    })
  })
})

describe('the order of what is done', () => {
  test('LU-07: removes, then copies, then runs in order, then restarts', () => {
    const spec = liveUpdate([sync('/app', '/srv')], { runs: [run('one'), run('two')], restart: restart() })
    expect(steps(planLiveUpdate(spec, changes('file /app/new', 'gone /app/old')))).toEqual([
      'remove /srv/old',
      'copy /app/new → /srv/new',
      'run one',
      'run two',
      'restart container',
    ])
  })

  test('LU-07: a command with a trigger runs only for that path or what is below it', () => {
    const runs = [run('install', '/app/package.json'), run('gen', '/app/proto', '/app/gen.conf'), run('always')]
    const spec = liveUpdate([sync('/app', '/srv')], { runs })
    const ran = (...words: readonly string[]) =>
      steps(planLiveUpdate(spec, changes(...words))).filter((step) => step.startsWith('run'))
    expect(ran('file /app/a')).toEqual(['run always'])
    expect(ran('file /app/package.json')).toEqual(['run install', 'run always'])
    expect(ran('gone /app/proto/x/y.proto')).toEqual(['run gen', 'run always'])
    expect(ran('file /app/proto-old/y', 'file /app/package.json.bak')).toEqual(['run always'])
  })

  test('LUC-05: a trigger counts for files that were removed, and not for files that are left out', () => {
    const spec = liveUpdate([sync('/app', '/srv', 'lock')], { runs: [run('install', '/app/lock', '/app/deps')] })
    expect(steps(planLiveUpdate(spec, changes('gone /app/deps')))).toEqual(['remove /srv/deps', 'run install'])
    expect(steps(planLiveUpdate(spec, changes('file /app/lock', 'file /app/a')))).toEqual(['copy /app/a → /srv/a'])
  })

  test('a restart with a trigger happens only for that', () => {
    const spec = liveUpdate([sync('/app', '/srv')], { restart: restart('/app/main') })
    expect(steps(planLiveUpdate(spec, changes('file /app/a')))).toEqual(['copy /app/a → /srv/a'])
    expect(steps(planLiveUpdate(spec, changes('file /app/main/a')))).toContain('restart container')
  })
})

describe('folders', () => {
  const spec = liveUpdate([sync('/app', '/srv')], { runs: [run('make')], restart: restart() })

  test('a new folder comes before what is in it, and runs nothing by itself', () => {
    expect(steps(planLiveUpdate(spec, changes('file /app/d/a', 'folder /app/d')))).toEqual([
      'copy /app/d → /srv/d',
      'copy /app/d/a → /srv/d/a',
      'run make',
      'restart container',
    ])
    expect(steps(planLiveUpdate(spec, changes('folder /app/d')))).toEqual(['copy /app/d → /srv/d'])
  })

  test('a folder that is gone goes with all below, and runs nothing by itself', () => {
    const gone = { path: '/app/d', state: 'gone', wasFolder: true } as const
    expect(steps(planLiveUpdate(spec, [gone]))).toEqual(['remove /srv/d'])
    expect(steps(planLiveUpdate(spec, [gone, ...changes('gone /app/d/a')]))).toEqual([
      'remove /srv/d',
      'remove /srv/d/a',
      'run make',
      'restart container',
    ])
  })

  test('a folder that is gone stays as long as another sync has its target in it', () => {
    const two = liveUpdate([sync('/app', '/srv'), sync('/conf', '/srv/d/conf')])
    const gone = { path: '/app/d', state: 'gone', wasFolder: true } as const
    expect(steps(planLiveUpdate(two, [gone, ...changes('gone /app/d/a')]))).toEqual(['remove /srv/d/a'])
  })

  test('a folder that became a file is removed first', () => {
    expect(steps(planLiveUpdate(spec, changes('gone /app/d/x/a', 'file /app/d', 'gone /app/d/x'))).slice(0, 4)).toEqual(
      ['remove /srv/d', 'remove /srv/d/x', 'remove /srv/d/x/a', 'copy /app/d → /srv/d'],
    )
  })

  test('a file that became a folder is replaced by it before its files come', () => {
    expect(steps(planLiveUpdate(spec, changes('file /app/d/a', 'folder /app/d'))).slice(0, 2)).toEqual([
      'copy /app/d → /srv/d',
      'copy /app/d/a → /srv/d/a',
    ])
  })

  test('tells which local path each removed one belongs to', () => {
    const plan = planLiveUpdate(spec, changes('gone /app/d/a', 'file /app/d'))
    expect(plan.kind === 'update' && plan.removed).toEqual([{ localPath: '/app/d/a', containerPath: '/srv/d/a' }])
  })
})

test('nothing has changed: nothing to do', () => {
  expect(planLiveUpdate(liveUpdate([sync('/app', '/srv')], { runs: [run('make')] }), [])).toEqual({ kind: 'nothing' })
})

test('a file that is named twice is copied once', () => {
  const spec = liveUpdate([sync('/app', '/srv')])
  expect(steps(planLiveUpdate(spec, changes('file /app/a', 'file /app/a', 'gone /app/a')))).toEqual([
    'copy /app/a → /srv/a',
  ])
})
