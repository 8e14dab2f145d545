import { expect, test } from 'vitest'
import { changes, liveUpdate, sync } from './live-update.test.support.js'
import { syncedFiles } from './synced-files.js'

test('LU-16: all files that a sync takes in, with their places; nothing that wants a new image', () => {
  const spec = liveUpdate([sync('/app/src', '/srv', 'tmp'), sync('/app/conf.json', '/etc/')], {
    stopPaths: ['/app/src/schema'],
  })
  const files = changes(
    'file /app/src/a',
    'folder /app/src/deep',
    'link /app/src/deep/l',
    'file /app/src/tmp/x',
    'file /app/src/schema/s',
    'file /app/conf.json',
    'file /app/other',
    'link /app/src',
  )
  expect(syncedFiles(spec, files).map(({ localPath, containerPath }) => `${localPath} ${containerPath}`)).toEqual([
    '/app/src/a /srv/a',
    '/app/src/deep /srv/deep',
    '/app/src/deep/l /srv/deep/l',
    '/app/conf.json /etc/conf.json',
  ])
})
