import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWithDocker } from '../testing/needs-docker.js'
import { dockerCommand, type RealEngine, realEngine } from '../testing/real-engine.js'

const never = new AbortController().signal
let h: RealEngine

describeWithDocker('owners in a container', () => {
  beforeEach(async () => {
    h = await realEngine()
  })
  afterEach(async () => {
    const ids = await dockerCommand('ps', '--all', '--quiet', '--filter', `label=${h.name}`)
    if (ids !== '') await dockerCommand('rm', '--force', ...ids.split('\n'))
    await h.close()
  })

  it.each([
    ['a shell', []],
    ['no stat', ['rm /bin/stat']],
    ['no shell', ['rm /bin/stat /bin/sh']],
  ])('LU-08: what is replaced keeps its owner, what is new has that of its folder; with %s', async (_, last) => {
    const id = await h.runWith(['--user', '1000'], 'busybox', 'sleep', '100000')
    const setup = [
      'mkdir -p /own/deep /roots',
      'echo >/own/theirs; echo >/own/mine; echo >/roots/mine; echo >/roots/theirs',
      'chown 1000:1001 /own /own/deep /own/mine /roots/mine; chown 5000000:7 /own/theirs',
      ...last,
    ].join('; ')
    await dockerCommand('exec', '--user', '0', id, 'sh', '-c', setup)
    const channel = await h.docker.openContainer(id, never)
    const localPath = await h.write('local', 'A')
    const folder = { localPath: await h.mkdir('folder'), containerPath: '/own/folder' }
    const link = { localPath: await h.link('link', 'a'), containerPath: '/own/link' }
    const paths = [
      '/own/theirs',
      '/own/mine',
      '/own/new',
      '/own/deep/new',
      '/roots/mine',
      '/roots/new',
      '/own/folder/a',
    ]
    for (let turn = 0; turn < 2; turn++) {
      await channel.copy([folder, link, ...paths.map((containerPath) => ({ localPath, containerPath }))], never)
    }
    const owners = await dockerCommand(
      ...['exec', id, 'busybox', 'stat', '-c', '%u %g', ...paths, '/own/folder', '/own/link'],
    )
    const ours = '1000 1001'
    expect(owners.split('\n')).toEqual(['5000000 7', ours, ours, ours, ours, '0 0', ours, ours, ours])
    await channel.close()
  })
})
