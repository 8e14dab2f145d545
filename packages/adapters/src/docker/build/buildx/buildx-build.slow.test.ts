import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { renderDiagnostics } from '@tiltts/core/errors'
import { compileIgnore } from '@tiltts/core/paths'
import { expect, it, onTestFinished } from 'vitest'
import {
  type BuilderWorld,
  builderWorld,
  docker,
  failureOf,
  imageOf,
  inspect,
  onceInstruction,
  outputOf,
  printed,
  runs,
} from '../testing/builder-world.js'
import { describeWithBuildkitd, remoteBuilder } from '../testing/buildkitd.js'
import { sshAgent } from '../testing/ssh-agent.js'

const busybox = 'FROM 127.0.0.1:5000/busybox'

const steps = ({ events }: Awaited<ReturnType<BuilderWorld['build']>>): readonly string[] => [
  ...new Set(
    events.flatMap((event) =>
      event.kind === 'step' && /^\[\d/.test(event.name) && event.state !== 'running'
        ? [`${event.name.replace(/@sha256:\w+/, '')}: ${event.state}`]
        : [],
    ),
  ),
]

describeWithBuildkitd('a builder that BUILDX_BUILDER names', () => {
  it('BLD-06: builds there, tells each step with its output, and puts the image into the engine', async () => {
    const remote = await remoteBuilder()
    const bench = builderWorld(remote.env, { 'src/a.txt': 'hello' })
    const dockerfile = `${busybox}\n${onceInstruction()}\nCOPY src /app\nRUN echo made; cat /app/a.txt\n`
    const tag = `tiltts-test/remote:${process.pid}`
    const first = await bench.build(dockerfile, { labels: { 'a b': 'c=d' }, tags: [tag] })
    const id = imageOf(first)
    expect(printed(id, 'cat', '/app/a.txt')).toBe('hello')
    expect(inspect(tag, '{{.Id}} {{json .Config.Labels}}')).toBe(`${id} {"a b":"c=d"}`)
    expect(outputOf(first)).toBe('made\nhello')
    expect(steps(first)).toContain('[3/3] RUN echo made; cat /app/a.txt: done')
    expect(await bench.builder.describe()).toMatch(/^buildx \d+\.\d+\.\d+, builder tiltts-remote-\d+ \(remote\)$/)

    const second = await bench.build(dockerfile, { labels: { 'a b': 'c=d' } })
    expect(imageOf(second)).toBe(id)
    expect(steps(second)).toContain('[2/3] COPY src /app: cached')
  })

  it('DB-04: gives it arguments, target, hosts, secrets and SSH keys', async () => {
    const remote = await remoteBuilder()
    const agent = await sshAgent()
    const bench = builderWorld({ ...remote.env, SSH_AUTH_SOCK: agent.socket, TILTTS_TEST_TOKEN: 'sesame' })
    const dockerfile = `${busybox} AS first
${onceInstruction()}
ARG A=a
ARG TILTTS_TEST_TOKEN
RUN echo "$A $TILTTS_TEST_TOKEN" > /args; cat /etc/hosts > /hosts
RUN --mount=type=secret,id=t,env=X cat /run/secrets/t > /secret
RUN --mount=type=ssh test -S "$SSH_AUTH_SOCK"
RUN --mount=type=ssh,id=own test -S "$SSH_AUTH_SOCK"
FROM busybox AS second
`
    const id = imageOf(
      await bench.build(dockerfile.replace(',env=X', ''), {
        target: 'first',
        extraHosts: ['db.example:10.1.2.3'],
        buildArgs: { A: 'with "quotes" & ü', TILTTS_TEST_TOKEN: '' },
        secrets: ['id=t,env=TILTTS_TEST_TOKEN'],
        ssh: ['default', `own=${agent.key}`],
      }),
    )
    expect(printed(id, 'cat', '/args', '/secret')).toBe('with "quotes" & ü sesame\nsesame')
    expect(printed(id, 'cat', '/hosts')).toMatch(/10\.1\.2\.3\s+db\.example/)
    expect(failureOf(await bench.build(dockerfile, { secrets: ['id=t,src=/no/such'] })).message).toBe(
      'the secret "t" is not there: /no/such',
    )
  })

  it('IGN-02: sends it what the rules leave of the context, whatever the names are', async () => {
    const remote = await remoteBuilder()
    const names = 'keep.txt|!bang|#hash| led|trail |st*r|[a]|a|back\\slash|dir/one|dir/two|gone/x|.dockerignore'.split(
      '|',
    )
    const bench = builderWorld(remote.env, Object.fromEntries(names.map((name) => [name, name])))
    const list = (id: string): readonly string[] =>
      printed(id, 'sh', '-c', 'cd /ctx; find . -type f | sort').split('\n')
    const dockerfile = `${busybox}\nCOPY . /ctx\n`
    const some = new Set(['!bang', '#hash', ' led', 'trail ', 'st*r', '[a]', 'back\\slash', 'dir/two', 'gone/x'])
    const ignored = (path: string): boolean => some.has(path.slice(bench.folder.length + 1))
    const left = imageOf(await bench.build(dockerfile, { context: { ignored } }))
    expect(list(left)).toEqual(['./.dockerignore', './a', './dir/one', './keep.txt'])
    const rules = compileIgnore([{ basePath: bench.folder, patterns: ['*', '!dir', 'dir/one'] }])
    expect(list(imageOf(await bench.build(dockerfile, { context: rules })))).toEqual(['./dir/two'])
  })

  it('BLD-05: can build upon an image that only the engine has, since it was built a moment ago', async () => {
    const remote = await remoteBuilder()
    const bench = builderWorld(remote.env, { a: 'from the base' })
    const labels = { 'dev.tilt.built': 'true' }
    const base = imageOf(await bench.build(`${busybox}\n${onceInstruction()}\nCOPY a /a\n`, { labels }))
    const ref = `tiltts-test/base:tilt-${base.slice(7, 23)}`
    docker('tag', base, ref)
    const child = await bench.build(`ARG B=${ref}\nFROM $B\nCOPY --from=${ref} /a /b\nRUN cat /a /b > /c\n`)
    expect(printed(imageOf(child), 'cat', '/c')).toBe('from the basefrom the base')
    expect(inspect(imageOf(child), '{{index .RootFS.Layers 2}}')).toBe(inspect(base, '{{index .RootFS.Layers 2}}'))
  })

  it('explains what fails as the engine does, with its place', async () => {
    const remote = await remoteBuilder()
    const bench = builderWorld(remote.env)
    const failing = failureOf(await bench.build(`${busybox}\n${onceInstruction()}\nRUN echo why >&2; exit 3\n`))
    expect(failing).toMatchObject({
      code: 'image/build-failed',
      message: '`RUN echo why >&2; exit 3` ended with exit code 3\n  why',
      places: [{ file: join(bench.folder, 'Dockerfile'), line: 3 }],
    })
    expect(renderDiagnostics([failing], { colour: false })).toContain('> 3 | RUN echo why >&2; exit 3')
    expect(failureOf(await bench.build(`${busybox}\nRUNN x\n`))).toMatchObject({
      code: 'config/invalid-dockerfile',
      places: [{ line: 2 }],
    })
    expect(failureOf(await bench.build(`${busybox}\nCOPY none /\n`))).toMatchObject({
      message: `"none" is not in the build context ${bench.folder}`,
      places: [{ line: 2, column: 6 }],
    })
    expect(failureOf(await bench.build('FROM 127.0.0.1:5000/tiltts-no-such\n'))).toMatchObject({
      message: expect.stringContaining('the image 127.0.0.1:5000/tiltts-no-such cannot be had'),
      places: [{ line: 1 }],
    })
    expect(failureOf(await bench.build(`${busybox} AS web\n`, { target: 'wbe' }))).toMatchObject({
      message: 'the Dockerfile has no stage "wbe"',
    })
  })

  it('ends a build that is called off, there, too', async () => {
    const remote = await remoteBuilder()
    const bench = builderWorld(remote.env)
    const mark = `tiltts-mark-${process.pid}-${Date.now()}`
    const controller = new AbortController()
    const reason = new Error('called off')
    const request = bench.request(`${busybox}\n${onceInstruction()}\nRUN echo begun; sleep 1000 # ${mark}\n`)
    const building = bench.builder.build(
      request,
      (event) => void (event.kind === 'output' && controller.abort(reason)),
      controller.signal,
    )
    await expect(building).rejects.toBe(reason)
    await expect.poll(() => runs(mark), { timeout: 10_000 }).toBe(false)
  })

  it('says so when it goes away in the middle of a build', async () => {
    const remote = await remoteBuilder()
    const bench = builderWorld(remote.env)
    const request = bench.request(`${busybox}\n${onceInstruction()}\nRUN echo begun; sleep 1000\n`)
    let stopped: Promise<void> | undefined
    const outcome = await bench.builder.build(
      request,
      (event) => {
        if (event.kind === 'output') stopped ??= remote.stop()
      },
      new AbortController().signal,
    )
    await stopped
    expect(failureOf({ outcome, events: [] })).toMatchObject({
      code: 'docker/no-builder',
      message: expect.stringMatching(/^the builder "tiltts-remote-\d+" cannot be used: /),
    })
  })

  it('names a builder that cannot be reached, or is not known', async () => {
    const remote = await remoteBuilder()
    const bench = builderWorld(remote.env)
    await remote.stop()
    expect(failureOf(await bench.build(`${busybox}\n`))).toMatchObject({
      code: 'docker/no-builder',
      message: expect.stringMatching(/^the builder "tiltts-remote-\d+" cannot be used: /),
      hint: expect.stringMatching(/^See docker buildx inspect tiltts-remote-/),
    })
    const unknown = builderWorld({ ...remote.env, BUILDX_BUILDER: 'tiltts-unknown' })
    expect(failureOf(await unknown.build(`${busybox}\n`))).toMatchObject({
      code: 'docker/no-builder',
      message: 'the builder "tiltts-unknown" cannot be used: no builder "tiltts-unknown" found',
    })
  }, 60_000)

  it('says that buildx is missing or too old only when it is asked for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tiltts-old-buildx-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const say = (text: string): void => {
      writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${text}\n`)
      chmodSync(join(folder, 'docker'), 0o755)
    }
    const old = { PATH: `${folder}:${process.env['PATH']}`, BUILDX_BUILDER: 'mine' }
    const failure = async (env: Readonly<Record<string, string>>) =>
      failureOf(await builderWorld(env).build('FROM busybox\n'))
    say('echo github.com/docker/buildx v0.12.1 abc')
    expect(await failure(old)).toMatchObject({
      code: 'docker/no-builder',
      message: 'images are to be built by buildx, but buildx 0.12.1 is too old: 0.13 or later is needed',
    })
    say(`echo "docker: 'buildx' is not a docker command." >&2; exit 1`)
    expect((await failure(old)).message).toBe(
      "images are to be built by buildx, which is not there: docker: 'buildx' is not a docker command.",
    )
    expect((await failure({ ...old, PATH: '/no/such' })).message).toMatch(
      /^images are to be built by buildx, which is not there: /,
    )
    imageOf(await builderWorld({ ...old, BUILDX_BUILDER: '' }).build('FROM busybox\n'))
  })
})
