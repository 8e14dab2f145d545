import { join } from 'node:path'
import { compileIgnore } from '@tiltts/core/paths'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inspectImage } from '../../images.js'
import { describeWithDocker } from '../../testing/needs-docker.js'
import {
  type BuilderWorld,
  type Built,
  builderWorld,
  failureOf,
  imageOf,
  onceInstruction,
  outputOf,
  runs,
} from '../testing/builder-world.js'
import { describeWithPodman, type PodmanService, podmanService } from '../testing/podman.js'

type Variables = Readonly<Record<string, string>>

const busybox = 'FROM 127.0.0.1:5000/busybox'

/** How each step ended. */
function stepsOf({ events }: Built): readonly string[] {
  return events.flatMap((event) =>
    event.kind === 'step' && event.state !== 'running' ? [`${event.name}: ${event.state}`] : [],
  )
}

/** What all builders without BuildKit have in common. */
function behavesAsBuilder(open: (env?: Variables) => Promise<BuilderWorld>): void {
  it('BLD-06: builds an image, tells each step with its output and times, and takes what has not changed from its cache', async () => {
    const bench = await open()
    bench.write('src/a.txt', 'hello')
    const dockerfile = `${busybox}\n${onceInstruction()}\nCOPY src /app\nRUN echo made; cat /app/a.txt\n`
    const tag = `tiltts-test/legacy:${process.pid}`
    const options = { labels: { 'a b': 'c=d' }, tags: [tag] }
    const first = await bench.build(dockerfile, options)
    const id = imageOf(first)
    const image = await inspectImage(await bench.connect(), tag)
    expect(image).toMatchObject({ id, labels: { 'a b': 'c=d' } })
    expect(outputOf(first)).toContain('made\nhello')
    expect(outputOf(first)).not.toMatch(/intermediate container|Successfully|COMMIT/)
    expect(stepsOf(first)).toContainEqual(expect.stringMatching(/^\[4\/\d\] RUN echo made; cat \/app\/a.txt: done$/))
    const step = { kind: 'step', state: 'done', startedAt: expect.any(Number), finishedAt: expect.any(Number) }
    expect(first.events).toContainEqual(expect.objectContaining(step))

    const second = await bench.build(dockerfile, options)
    expect(imageOf(second)).toBe(id)
    expect(stepsOf(second)).toContainEqual(expect.stringMatching(/^\[3\/\d\] COPY src \/app: cached$/))
    expect(stepsOf(second)).toContainEqual(expect.stringMatching(/^\[4\/\d\] RUN .*: cached$/))
  })

  it('DB-04: is given target, hosts and arguments', async () => {
    const bench = await open({ TILTTS_TEST_FROM: 'there' })
    const dockerfile = `${busybox} AS first\n${onceInstruction()}\nARG A\nARG TILTTS_TEST_FROM=x\nARG C=default
RUN cat /etc/hosts; echo "$A $TILTTS_TEST_FROM $C"\n${busybox} AS second\nRUN false\n`
    const built = await bench.build(dockerfile, {
      target: 'first',
      extraHosts: ['db.example:10.1.2.3'],
      buildArgs: { A: 'with spaces & ü', TILTTS_TEST_FROM: '', C: '' },
    })
    imageOf(built)
    expect(outputOf(built)).toMatch(/10\.1\.2\.3\s+db\.example[\s\S]*\nwith spaces & ü there default\n/)
  })

  it('BLD-07: refuses secrets and SSH keys before anything is built', async () => {
    const bench = await open({ TILTTS_TEST_TOKEN: 'sesame' })
    const built = await bench.build(`${busybox}\n`, { secrets: ['id=TILTTS_TEST_TOKEN'], ssh: ['default'] })
    expect(failureOf(built).message).toBe('secrets and ssh can only be given to BuildKit, which does not build here')
    expect(built.events).toEqual([])
  })

  it('BLD-08: is sent what the rules leave of the context, owned by root', async () => {
    const bench = await open()
    const deep = `${'long-folder-name/'.repeat(12)}file`
    for (const path of ['a.txt', 'b.log', 'dir/keep', 'dir/drop', 'ä ö/€', deep]) bench.write(path, path)
    bench.write('run.sh', '#!/bin/sh', 0o755)
    bench.write('large', Buffer.alloc(3_000_001, 'x'))
    bench.write('.dockerignore', 'a.txt')
    bench.link('link', 'dir/keep')
    const rules = compileIgnore([{ basePath: bench.folder, patterns: ['*.log', 'dir', '!dir/keep'] }])
    const list = `cd /ctx; find . ! -type d -exec stat -c "<%n %A %u %g %s>" {} \\;`
    const built = await bench.build(`${busybox}\nCOPY . /ctx\nRUN ${list}\nRUN readlink /ctx/link\n`, {
      context: rules,
    })
    imageOf(built)
    expect((outputOf(built).match(/<.*>/g) ?? []).sort()).toEqual(
      [
        '<./a.txt -rw-r--r-- 0 0 5>',
        '<./dir/keep -rw-r--r-- 0 0 8>',
        '<./large -rw-r--r-- 0 0 3000001>',
        '<./link lrwxrwxrwx 0 0 8>',
        `<./${deep} -rw-r--r-- 0 0 ${deep.length}>`,
        '<./run.sh -rwxr-xr-x 0 0 9>',
        '<./ä ö/€ -rw-r--r-- 0 0 9>',
      ].sort(),
    )
    expect(outputOf(built)).toContain('\ndir/keep\n')
  })

  it('explains what fails, with its place in the Dockerfile', async () => {
    const bench = await open()
    bench.write('package.json', '{}')
    const dockerfile = `${busybox}\nRUN echo why >&2; exit 3\n`
    expect(failureOf(await bench.build(dockerfile))).toEqual({
      code: 'image/build-failed',
      severity: 'error',
      message: '`RUN echo why >&2; exit 3` ended with exit code 3\n  why',
      places: [
        {
          file: join(bench.folder, 'Dockerfile'),
          line: 2,
          column: 1,
          excerpt: { firstLine: 1, lines: dockerfile.split('\n') },
        },
      ],
    })
    expect(failureOf(await bench.build(`${busybox}\n\nCOPY pakage.json /\n`))).toMatchObject({
      message: `"pakage.json" is not in the build context ${bench.folder}`,
      hint: 'Did you mean `package.json`?',
      places: [{ line: 3, column: 6 }],
    })
    expect(failureOf(await bench.build('ARG V=1\nFROM 127.0.0.1:5000/tiltts-no-such:$V\n'))).toMatchObject({
      message: expect.stringContaining('the image 127.0.0.1:5000/tiltts-no-such:1 cannot be had'),
      places: [{ line: 2, column: 6 }],
    })
    expect(failureOf(await bench.build(`${busybox} AS web\n`, { target: 'wbe' }))).toMatchObject({
      message: 'the Dockerfile has no stage "wbe"',
    })
    expect(failureOf(await bench.build(`${busybox}\nRUNN x\n`))).toMatchObject({
      code: 'config/invalid-dockerfile',
      places: [{ line: 2 }],
    })
  })

  it('ends a build that is called off, on the engine, too', async () => {
    const bench = await open()
    const mark = `tiltts-mark-${process.pid}-${Date.now()}`
    const controller = new AbortController()
    const reason = new Error('called off')
    const building = bench.builder.build(
      bench.request(`${busybox}\n${onceInstruction()}\nRUN echo begun; sleep 1000 # ${mark}\n`),
      (event) => void (event.kind === 'output' && event.text.includes('begun') && controller.abort(reason)),
      controller.signal,
    )
    await expect(building).rejects.toBe(reason)
    await expect.poll(() => runs(mark), { timeout: 15_000 }).toBe(false)
  })
}

describeWithDocker('the builder of the engine without BuildKit', () => {
  behavesAsBuilder(async (env) => builderWorld({ ...env, DOCKER_BUILDKIT: '0' }))

  it('DB-04: builds in the network that it is told', async () => {
    const bench = builderWorld({ DOCKER_BUILDKIT: 'false' })
    const built = await bench.build(`${busybox}\n${onceInstruction()}\nRUN ls /sys/class/net\n`, { network: 'none' })
    imageOf(built)
    expect(outputOf(built)).toMatch(/(^|\n)lo\n$/)
    expect(outputOf(built)).not.toContain('eth0')
  })
})

describeWithPodman('the builder of Podman', () => {
  let podman: PodmanService | undefined
  beforeAll(async () => {
    podman = await podmanService()
  })
  afterAll(() => podman?.close())
  behavesAsBuilder(async (env) => builderWorld({ ...env, DOCKER_HOST: podman?.host }))
})
