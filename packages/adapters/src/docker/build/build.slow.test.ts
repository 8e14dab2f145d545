import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BuildEvent, BuildOutcome, ImageBuildRequest } from '@tiltts/runtime/ports'
import { expect, it, onTestFinished } from 'vitest'
import { createDocker } from '../create-docker.js'
import { describeWithDocker } from '../testing/needs-docker.js'

interface Built {
  readonly outcome: BuildOutcome
  readonly events: readonly BuildEvent[]
}

/** Builds a Dockerfile on the engine of this machine, with a context of its own. */
async function build(
  dockerfile: string,
  options: Partial<ImageBuildRequest> & {
    readonly files?: Readonly<Record<string, string>>
    /** The end of the paths that are not sent. */
    readonly leaveOut?: string
  } = {},
): Promise<Built> {
  const { files = {}, leaveOut, ...request } = options
  const folder = mkdtempSync(join(tmpdir(), 'tiltts-build-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const env = process.env as Readonly<Record<string, string>>
  const docker = createDocker({ processes: { ...noProcesses }, env })
  const events: BuildEvent[] = []
  try {
    const outcome = await docker.build(
      {
        name: 'tiltts-test/build',
        context: {
          folder,
          ignored: (path) => leaveOut !== undefined && path.endsWith(leaveOut),
          prunes: () => false,
        },
        dockerfile,
        dockerfilePath: join(folder, 'Dockerfile'),
        buildArgs: {},
        target: undefined,
        platform: undefined,
        network: undefined,
        pull: false,
        cacheFrom: [],
        extraHosts: [],
        ssh: [],
        secrets: [],
        labels: {},
        tags: [],
        ...request,
      },
      (event) => events.push(event),
      new AbortController().signal,
    )
    if (outcome.ok) onTestFinished(() => void execFileSync('docker', ['rmi', '--force', outcome.imageId]))
    return { outcome, events }
  } finally {
    await docker.close()
  }
}

const noProcesses = {
  spawn: () => {
    throw new Error('nothing is started here')
  },
  reap: async () => 0,
  close: async () => {},
}

const imageOf = ({ outcome }: Built): string => {
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.imageId
}
const failureOf = ({ outcome }: Built) => (outcome.ok ? undefined : outcome.failure)
const inspect = (id: string, format: string): string =>
  execFileSync('docker', ['inspect', '--format', format, id], { encoding: 'utf8' }).trim()
const printed = (id: string, ...argv: readonly string[]): string =>
  execFileSync('docker', ['run', '--rm', id, ...argv], { encoding: 'utf8' })
/** No two runs find the layers of each other. */
const once = `ARG ONCE=${process.pid}-${Date.now()}`

describeWithDocker('the builder of the engine', () => {
  it('BLD-08: sends the files of the context as root, and tells each step', async () => {
    const built = await build(`FROM busybox\n${once}\nCOPY src /app\nRUN echo $ONCE made\n`, {
      files: { 'src/a.txt': 'hello', 'src/deep/b.txt': 'b' },
      labels: { 'tiltts.test': 'yes' },
    })
    const id = imageOf(built)
    expect(printed(id, 'cat', '/app/a.txt', '/app/deep/b.txt')).toBe('hellob')
    expect(printed(id, 'stat', '-c', '%u:%g', '/app/a.txt')).toBe('0:0\n')
    expect(inspect(id, '{{ index .Config.Labels "tiltts.test" }}')).toBe('yes')
    const steps = built.events.filter((event) => event.kind === 'step').map((event) => event.name)
    expect(steps).toContain('[2/3] COPY src /app')
    const output = built.events.flatMap((event) => (event.kind === 'output' ? [event.text] : [])).join('')
    expect(output).toContain('made')
  })

  it('IGN-02: leaves out what is ignored, whatever a .dockerignore in the context says', async () => {
    const files = { 'a.txt': 'a', 'b.txt': 'b', '.dockerignore': 'a.txt' }
    const id = imageOf(await build('FROM busybox\nCOPY *.txt /app/\n', { files, leaveOut: 'b.txt' }))
    expect(printed(id, 'ls', '/app')).toBe('a.txt\n')
  })

  it('DB-04: gives build arguments, the stage and secrets to the build', async () => {
    const dockerfile = `FROM busybox AS first\n${once}\nARG WHO=nobody\nRUN --mount=type=secret,id=token echo "$ONCE $WHO $(cat /run/secrets/token)" > /said\nFROM busybox AS second\n`
    process.env['TILTTS_TEST_TOKEN'] = 'sesame'
    onTestFinished(() => void delete process.env['TILTTS_TEST_TOKEN'])
    const id = imageOf(
      await build(dockerfile, {
        target: 'first',
        buildArgs: { WHO: 'me' },
        secrets: ['id=token,env=TILTTS_TEST_TOKEN'],
      }),
    )
    expect(printed(id, 'cat', '/said')).toMatch(/ me sesame\n$/)
  })

  it('says which secret is not there', async () => {
    expect(failureOf(await build('FROM busybox\n', { secrets: ['id=token,env=TILTTS_NO_SUCH'] }))?.message).toBe(
      'the secret "token" is not there: the environment variable TILTTS_NO_SUCH',
    )
  })

  it('shows a failing RUN at its line, with what it printed last', async () => {
    const failure = failureOf(await build('FROM busybox\n\nRUN echo oh no >&2; exit 3\n'))
    expect(failure).toMatchObject({
      code: 'image/build-failed',
      message: expect.stringMatching(/exit code: 3\noh no$/),
      places: [{ line: 3, excerpt: { lines: expect.arrayContaining(['RUN echo oh no >&2; exit 3']) } }],
    })
  })

  it('shows a Dockerfile that cannot be parsed at its line', async () => {
    expect(failureOf(await build('FROM busybox\nRUNN x\n'))).toMatchObject({
      code: 'config/invalid-dockerfile',
      message: expect.stringContaining('unknown instruction: RUNN'),
      places: [{ line: 2 }],
    })
  })

  it('says what is missing: a source of COPY, a base image', async () => {
    expect(failureOf(await build('FROM busybox\nCOPY nothing /x\n'))).toMatchObject({
      places: [{ line: 2 }],
      hint: expect.stringContaining('nothing is not in the build context'),
    })
    expect(failureOf(await build('FROM 127.0.0.1:5000/tiltts-no-such-image\n'))?.message).toContain(
      'tiltts-no-such-image',
    )
  })
})
