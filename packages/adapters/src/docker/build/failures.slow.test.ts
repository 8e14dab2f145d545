import { join } from 'node:path'
import { renderDiagnostics } from '@tiltts/core/errors'
import { expect, it } from 'vitest'
import { describeWithDocker } from '../testing/needs-docker.js'
import { builderWorld, failureOf, onceInstruction, type RequestOptions } from './testing/builder-world.js'

describeWithDocker('a build that fails', () => {
  const bench = (): ReturnType<typeof builderWorld> =>
    builderWorld({}, { 'src/main.ts': 'main', 'src/secret.env': 'secret', 'package.json': '{}' })

  const failure = async (dockerfile: string, options?: RequestOptions) =>
    failureOf(await bench().build(dockerfile, options))

  it('shows a failing RUN at its line, with what it printed last', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`)
    const one = bench()
    const dockerfile = `FROM busybox\n${onceInstruction()}\nRUN true && \\\n  for i in $(seq 0 29); do echo "line $i"; done; \\\n  exit 3\n`
    const found = failureOf(await one.build(dockerfile))
    expect(found).toEqual({
      code: 'image/build-failed',
      severity: 'error',
      message: [
        '`RUN true && for i in $(seq 0 29); do echo "line $i"; done; exit 3` ended with exit code 3',
        ...lines.slice(10).map((line) => `  ${line}`),
      ].join('\n'),
      places: [
        {
          file: join(one.folder, 'Dockerfile'),
          line: 3,
          column: 1,
          excerpt: { firstLine: 1, lines: dockerfile.split('\n').slice(0, 5) },
        },
      ],
    })
    expect(renderDiagnostics([found], { colour: false })).toContain('> 3 | RUN true && \\')
  })

  it('shows the right one of two equal steps', async () => {
    const dockerfile = `FROM busybox AS a\n${onceInstruction()}\nRUN test ! -e /x && touch /x\nRUN test ! -e /x && touch /x\n`
    expect((await failure(dockerfile)).places[0]?.line).toBe(4)
  })

  it('shows a Dockerfile that cannot be parsed at its line', async () => {
    expect(await failure('FROM busybox\n\nRUNN x\n')).toMatchObject({
      code: 'config/invalid-dockerfile',
      message: expect.stringContaining('unknown instruction: RUNN'),
      places: [{ line: 3, excerpt: { firstLine: 1 } }],
    })
    expect(await failure('FROM busybox\nRUN --no-such true\n')).toMatchObject({
      code: 'config/invalid-dockerfile',
      places: [{ line: 2 }],
    })
    expect(await failure('# nothing\n')).toMatchObject({ code: 'config/invalid-dockerfile', places: [{ line: 1 }] })
  })

  it('says the line in words where the Dockerfile stands in no file', async () => {
    const found = await failure('FROM busybox\nRUNN x\n', { dockerfilePath: undefined })
    expect(found.places).toEqual([])
    expect(found.message).toMatch(/^line 2 of the Dockerfile: unknown instruction/)
  })

  it('names a source of COPY that is not there, and what comes near', async () => {
    expect(await failure('FROM busybox\nCOPY src /src\nCOPY pakage.json /\n')).toMatchObject({
      message: expect.stringMatching(/^"pakage\.json" is not in the build context \//),
      hint: 'Did you mean `package.json`?',
      places: [{ line: 3, column: 6 }],
    })
    expect(await failure('FROM busybox\nCOPY ../other /\n')).toMatchObject({
      hint: 'Paths of COPY and ADD count from the context, not from the Dockerfile.',
    })
    expect(await failure('FROM busybox AS a\nFROM busybox\nCOPY --from=a /no/such /\n')).toMatchObject({
      message: '"/no/such" is not in a',
      places: [{ line: 3 }],
    })
  })

  it('BLD-08: says so when a source of COPY is left out of the context, and by which pattern', async () => {
    const context = { ignored: (path: string) => path.endsWith('.env') }
    const dockerfile = 'FROM busybox\nCOPY src/secret.env /\n'
    const hint = async (leftOutBy?: () => string) =>
      (await failure(dockerfile, { context: { ...context, leftOutBy } })).hint
    expect(await failure(dockerfile, { context })).toMatchObject({
      message: expect.stringContaining('"src/secret.env" is not in the build context'),
      places: [{ line: 2, column: 6 }],
    })
    const see = 'see the .dockerignore, and `ignore` and `only` of dockerBuild.'
    expect(await hint()).toBe(`It is there, but left out of the context: ${see}`)
    expect(await hint(() => '*.env')).toBe(`It is there, but left out of the context by "*.env": ${see}`)
    expect(await hint(() => '**')).toBe('It is there, but left out of the context: add it to `only` of dockerBuild.')
  })

  it('says that a reference is none', async () => {
    const found = await failure('FROM busybox\n', { tags: ['tiltts-test/Not A Ref'] })
    expect(found.message).toMatch(/invalid reference format|invalid tag/)
  })

  it('names a base image that cannot be had, at its line', async () => {
    expect(await failure('ARG V=1\nFROM 127.0.0.1:5000/tiltts-no-such:$V\n')).toMatchObject({
      message: '127.0.0.1:5000/tiltts-no-such:1 cannot be had: 127.0.0.1:5000/tiltts-no-such:1: not found'.replace(
        /^/,
        'the image ',
      ),
      hint: expect.stringContaining('declare it with dockerBuild'),
      places: [{ line: 2, column: 6 }],
    })
    expect(await failure('FROM busybox\nCOPY --from=tiltts-no-such /a /b\n')).toMatchObject({
      message: expect.stringContaining('the image tiltts-no-such cannot be had'),
      places: [{ line: 2, column: 13 }],
    })
  })

  it('names stages when the target is none of them', async () => {
    expect(await failure('FROM busybox AS build\nFROM busybox AS web\n', { target: 'biuld' })).toMatchObject({
      message: 'the Dockerfile has no stage "biuld"',
      hint: 'Did you mean `build`?',
    })
  })

  it('says which secret or key a step is not given', async () => {
    expect(await failure('FROM busybox\nRUN --mount=type=secret,id=npm,required=true true\n')).toMatchObject({
      message: 'the step asks for the secret "npm", which it is not given',
      hint: "Give it to dockerBuild: secret: ['id=npm,src=PATH'].",
      places: [{ line: 2 }],
    })
    expect(await failure('FROM busybox\nRUN --mount=type=ssh,required=true true\n')).toMatchObject({
      message: 'the step asks for the SSH agent "default", which it is not given',
      places: [{ line: 2 }],
    })
  })

  it('says what to do when a disk is full', async () => {
    const dockerfile = `FROM busybox\n${onceInstruction()}\nRUN --mount=type=tmpfs,target=/t,size=1m dd if=/dev/zero of=/t/f bs=1M count=3\n`
    expect(await failure(dockerfile)).toMatchObject({
      message: expect.stringContaining('No space left on device'),
      hint: expect.stringContaining('docker builder prune'),
      places: [{ line: 3 }],
    })
  })

  it('tells options that the engine does not take in its own words', async () => {
    expect((await failure('FROM busybox\n', { network: 'no-such' })).message).toContain('network mode "no-such"')
    expect((await failure('FROM busybox\n', { platform: 'bogus' })).message).toContain('unknown operating system')
  })

  it('tells a frontend that cannot be had', async () => {
    expect(await failure('# syntax=127.0.0.1:5000/tiltts-no-such\nFROM busybox\n')).toMatchObject({
      message: expect.stringContaining('the frontend docker.io/'.slice(0, 12)),
      places: [{ line: 1 }],
    })
  })
})
