import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { compileIgnore } from '@tiltts/core/paths'
import { expect, it } from 'vitest'
import { describeWithDocker } from '../testing/needs-docker.js'
import type { Sent } from './context/send-tree.js'
import { buildByEngine } from './engine-build.js'
import {
  type BuilderWorld,
  builderWorld,
  docker,
  imageOf,
  onceInstruction,
  printed,
  type RequestOptions,
} from './testing/builder-world.js'

/** What of an image's folder is told: kind, mode, path and target of links. */
const listing = (id: string): string =>
  printed(id, 'sh', '-c', 'cd /ctx && find . -exec stat -c "%N %A %u %g" {} \\; | sort')

async function sentFor(bench: BuilderWorld, dockerfile: string, options?: RequestOptions): Promise<Sent> {
  let sent: Sent | undefined
  const outcome = await buildByEngine({
    connection: await bench.connect(),
    request: bench.request(dockerfile, options),
    env: {},
    secrets: [],
    agents: new Map(),
    onEvent: () => {},
    signal: new AbortController().signal,
    onSent: (all) => {
      sent = all
    },
  })
  if (!outcome.ok) throw new Error(outcome.failure.message)
  if (sent === undefined) throw new Error('nothing was sent')
  return sent
}

describeWithDocker('a build context', () => {
  it('BLD-08: files, modes and links arrive as docker build sends them, owned by root', async () => {
    const bench = builderWorld(
      {},
      { 'a.txt': 'a', 'deep/er/b.txt': 'b', 'ä ö/€.txt': 'c', '[x]*?.txt': 'd', '-n': 'e' },
    )
    bench.write('run.sh', '#!/bin/sh', 0o755)
    bench.write('sticky/x', '', 0o4751)
    bench.write('empty', '')
    chmodSync(join(bench.folder, 'sticky'), 0o1777)
    mkdirSync(join(bench.folder, 'empty folder'))
    bench.link('link', 'deep/er')
    bench.link('broken', '/no/such')
    bench.write('a.b', '1')
    bench.write('a/b', '2')
    bench.write('a-b', '3')
    const socket = createServer().listen(join(bench.folder, 'socket'))
    await new Promise((resolve) => socket.once('listening', resolve))
    try {
      const dockerfile = 'FROM busybox\nCOPY . /ctx\n'
      const ours = imageOf(await bench.build(dockerfile))
      socket.close()
      const theirs = dockerBuild(bench, dockerfile)
      expect(listing(ours)).toBe(listing(theirs))
      expect(listing(ours)).toContain('-rwsr-x--x 0 0')
      docker('rmi', '--force', theirs)
    } finally {
      socket.close()
    }
  })

  it.each([
    ['*.log', '!keep.log'],
    ['**', '!src', 'src/skip'],
    ['dist/*', '!dist/keep'],
    ['**/node_modules', '.git'],
    ['*/temp*', 'temp?', '!**/*.md'],
    ['a/../src/b.txt', '/docs'],
    ['Dockerfile', '.dockerignore'],
  ])('IGN-01: leaves out what docker leaves out: %s %s %s', async (...patterns) => {
    const bench = builderWorld()
    const paths =
      'keep.log x.log src/a.txt src/b.txt src/skip/c.txt dist/keep/d dist/e.js node_modules/f src/node_modules/g .git/h tempa x/temp1/i x/j.md docs/k docs/l.md temp1 Dockerfile'
    for (const path of paths.split(' ')) bench.write(path, path)
    const dockerfile = 'FROM busybox\nCOPY . /ctx\n'
    const rules = compileIgnore([{ basePath: bench.folder, patterns }])
    const ours = imageOf(await bench.build(dockerfile, { context: rules }))
    bench.write('.dockerignore', patterns.join('\n'))
    const withFile = imageOf(await bench.build(dockerfile, { context: rules }))
    const theirs = dockerBuild(bench, dockerfile)
    const expected = listing(theirs)
    expect(listing(withFile)).toBe(expected)
    expect(listing(ours)).toBe(
      expected
        .split('\n')
        .filter((line) => !line.includes('.dockerignore'))
        .join('\n'),
    )
    docker('rmi', '--force', theirs)
  })

  it('IGN-02: knows no .dockerignore but the rules it is given', async () => {
    const bench = builderWorld({}, { 'a.txt': 'a', 'b.txt': 'b', '.dockerignore': 'a.txt' })
    const context = { ignored: (path: string) => path.endsWith('b.txt') }
    const id = imageOf(await bench.build('FROM busybox\nCOPY *.txt /ctx/\n', { context }))
    expect(printed(id, 'ls', '/ctx')).toBe('a.txt')
  })

  it('BLD-08: sends the part of the context that the Dockerfile names, links followed', async () => {
    const bench = builderWorld({}, { 'src/a': 'a', 'big/b': 'b', 'far/er/c': 'c', 'far/d': 'd' })
    bench.link('link', 'far/er')
    const once = onceInstruction()
    expect(await sentFor(bench, `FROM busybox\n${once}\nCOPY src/a link/c /ctx/\n`)).toMatchObject({
      entries: 6,
      files: 2,
    })
    const id = imageOf(await bench.build(`FROM busybox\n${once}\nCOPY src/a link/c /ctx/\n`))
    expect(printed(id, 'cat', '/ctx/a', '/ctx/c')).toBe('ac')
  })

  it('puts extra files into the context, among and in place of those of the folder', async () => {
    const bench = builderWorld({}, { 'a/x': 'x', b: 'b', 'z/q': 'q' })
    const other = builderWorld({}, { helper: 'help' })
    const file = join(other.folder, 'helper')
    const extra = ['a/helper', 'a-b', 'b', 'new/deep/er', 'zz'].map((path) => ({ path, file, mode: 0o751 }))
    const id = imageOf(await bench.build('FROM busybox\nCOPY . /ctx\n', { context: { extra } }))
    expect(printed(id, 'sh', '-c', 'cd /ctx; find . -type f | sort | xargs stat -c "%a %n"')).toBe(
      ['751 ./a-b', '751 ./a/helper', '644 ./a/x', '751 ./b', '751 ./new/deep/er', '644 ./z/q', '751 ./zz'].join('\n'),
    )
    const only = { extra, ignored: () => true, prunes: () => true }
    const bare = imageOf(await bench.build('FROM busybox\nCOPY . /ctx\n', { context: only }))
    expect(printed(bare, 'sh', '-c', 'cd /ctx; find . -type f | sort')).toBe(
      './a-b\n./a/helper\n./b\n./new/deep/er\n./zz',
    )
  })

  it('BLD-08: of 20,000 files the second build sends only the one that has changed', async () => {
    const bench = builderWorld()
    for (let folder = 0; folder < 200; folder++) {
      mkdirSync(join(bench.folder, `d${folder}`))
      for (let index = 0; index < 100; index++)
        writeFileSync(join(bench.folder, `d${folder}`, `f${index}`), `${folder} ${index}`)
    }
    const dockerfile = 'FROM busybox\nCOPY . /ctx\n'
    const options = { name: `tiltts-test/many-${process.pid}` }
    expect(await sentFor(bench, dockerfile, options)).toMatchObject({ entries: 20_200, files: 20_000 })
    expect(await sentFor(bench, dockerfile, options)).toEqual({ entries: 20_200, files: 0, bytes: 0 })
    bench.write('d7/f7', 'changed')
    rmSync(join(bench.folder, 'd8/f8'))
    const third = await bench.build(dockerfile, options)
    expect(printed(imageOf(third), 'sh', '-c', 'cat /ctx/d7/f7; ls /ctx/d8 | wc -l')).toBe('changed99')
    bench.write('d7/f7', 'once more')
    expect(await sentFor(bench, dockerfile, options)).toEqual({ entries: 20_199, files: 1, bytes: 9 })
  })

  it('takes only a little memory for a large context', async () => {
    const bench = builderWorld()
    const block = Buffer.alloc(10 * 1024 * 1024, 'tiltts')
    for (let index = 0; index < 30; index++) bench.write(`f${index}`, block)
    const before = process.memoryUsage().rss
    let most = before
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss)
    }, 20)
    const sent = await sentFor(bench, `FROM scratch\n${onceInstruction()}\nCOPY . /ctx\n`)
    clearInterval(timer)
    expect(sent.bytes).toBe(30 * block.length)
    expect((most - before) / 1024 / 1024).toBeLessThan(120)
  }, 60_000)

  it('says so when a file may not be read', async () => {
    const bench = builderWorld({}, { 'a.txt': 'a' })
    bench.write('d/x', 'x')
    // Tests run as root, who may read all.
    const context = {
      ignored: (path: string) => {
        if (path.endsWith('d/x')) throw new Error('EACCES: permission denied, d/x')
        return false
      },
    }
    const { outcome } = await bench.build('FROM busybox\nCOPY . /ctx\n', { context })
    expect(outcome).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('permission denied, d/x') },
    })
  })
})

/** The docker command's own build of the same folder. */
function dockerBuild({ folder }: BuilderWorld, dockerfile: string): string {
  return execFileSync('docker', ['build', '--quiet', '--file', '-', folder], {
    encoding: 'utf8',
    input: dockerfile,
    env: { ...process.env, BUILDX_BUILDER: '' },
  }).trim()
}
