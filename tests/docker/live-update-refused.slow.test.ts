import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { liveWorld, waits } from './live-world.js'

const skip = skipReason('docker')
const command = `CMD ["sh", "-c", "${waits}"]\n`
const dockerfile = `FROM busybox\nWORKDIR /app\nCOPY . .\n${command}`
const files = { Dockerfile: dockerfile, 'src/a.txt': 'one' }

describe.skipIf(skip !== undefined)(`what a container refuses${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it.each([
    ['a read-only container', { read_only: true }, {}, '/app/src', 'small', /rootfs is marked read-only/],
    [
      'a read-only mount',
      { volumes: ['data:/app/src:ro'] },
      { volumes: { data: {} } },
      '/app/src',
      'small',
      /read-only/,
    ],
    [
      'a full disk',
      { volumes: ['data:/app/src'] },
      { volumes: { data: { driver_opts: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' } } } },
      '/app/src',
      'x'.repeat(2_000_000),
      /no space left on device/,
    ],
    ['a folder in memory', { tmpfs: ['/app/src'] }, {}, '/app/src', 'small', /is in memory \(tmpfs\)/],
    [
      'a file in the place of the target',
      {},
      {},
      '/etc/passwd',
      'small',
      /a file stands where the sync needs a folder/,
    ],
  ])(
    'LU-10: %s: an image is built, and the log and the record say why',
    async (_, service, compose, target, text, why) => {
      const w = await liveWorld({ files, service, compose, steps: `sync('./app/src', '${target}')` })
      const id = await w.container()
      w.write('src/a.txt', text)
      await w.dev().printed(/Live update not possible: .*Building the image instead/)
      await until('another container runs', async () => ![id, ''].includes(await w.container()), 30_000)
      await until('the update has ended', async () => (await w.updates()).at(-1)?.phase === 'succeeded')
      expect((await w.updates()).at(-1)?.fallback).toMatch(why)
      expect(w.dev().stdout()).toMatch(why)
    },
  )

  it('LU-08: a process without root goes on to write to its own files', async () => {
    const w = await liveWorld({
      files: { ...files, Dockerfile: `FROM busybox\nWORKDIR /app\nCOPY --chown=1000:1000 . .\nUSER 1000\n${command}` },
      steps: "sync('./app/src', '/app/src'), run('id -u > /app/src/user')",
    })
    await w.edited(() => w.write('src/a.txt', 'two'))
    await w.edited(() => w.write('src/new/b.txt', 'new'))
    expect(await w.sh('cd /app/src && echo more >>a.txt && echo more >>new/b.txt && cat a.txt new/b.txt user')).toBe(
      'twomore\nnewmore\n1000',
    )
  })
})
