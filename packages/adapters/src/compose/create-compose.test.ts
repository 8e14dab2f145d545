import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FakeProcesses, type FakeProgram, fakeProcesses, manualClock } from '@tiltts/runtime/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { createCompose } from './create-compose.js'

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'tiltts-create-compose-')))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const never = new AbortController().signal
const file = join(dir, 'compose.yaml')
const ref = { name: 'shop', dir, files: [file] }
const request = { project: ref, services: ['a'], onOutput: () => {} }
const upRequest = { ...request, wait: false, recreate: false }

interface Behaviour {
  readonly version?: string
  /** What `up`, `rm` and the others do. @default nothing, successfully */
  readonly act?: FakeProgram
}

/** A command that answers as Compose does for a project of one service. */
function composeProgram({ version = '2.26.1', act = () => 0 }: Behaviour = {}): FakeProgram {
  return (self) => {
    const { argv } = self
    if (argv.includes('version')) return self.stdout(`${version}\n`)
    if (!argv.includes('config')) return act(self)
    if (argv.includes('--hash')) return self.stdout('a 1234\n')
    self.stderr(
      'time="2026-11-23T11:00:00Z" level=warning msg="The \\"X\\" variable is not set. Defaulting to a blank string."\n',
    )
    self.stdout(JSON.stringify({ name: 'shop', services: { a: { image: 'busybox', command: ['echo', '$$HOME'] } } }))
  }
}

function start(programs: Readonly<Record<string, FakeProgram>>, env: Readonly<Record<string, string>> = {}) {
  writeFileSync(file, 'services:\n  a:\n    image: busybox$X\n')
  const processes = fakeProcesses({ clock: manualClock(), programs })
  const commands = (): string[] => processes.table().map(({ argv }) => argv.join(' '))
  return { compose: createCompose({ processes, env }), processes, commands }
}

const started = (processes: FakeProcesses, word: string): number =>
  processes.table().filter(({ argv }) => argv.includes(word)).length

describe('the command of compose', () => {
  it('DCC-06: is that of TILT_DOCKER_COMPOSE_CMD, with its arguments', async () => {
    const env = { TILT_DOCKER_COMPOSE_CMD: 'mine --compose' }
    const { compose, commands } = start({ docker: composeProgram(), mine: composeProgram() }, env)
    await compose.up(upRequest, never)
    expect(commands().every((line) => line.startsWith('mine --compose '))).toBe(true)
  })

  it('DCC-06: is `docker compose`, else `docker-compose`', async () => {
    const both = start({ docker: composeProgram(), 'docker-compose': composeProgram() })
    await both.compose.up(upRequest, never)
    expect(both.commands().every((line) => line.startsWith('docker compose '))).toBe(true)
    const noPlugin: FakeProgram = (self) => {
      self.stderr("docker: 'compose' is not a docker command.\n")
      return 1
    }
    const one = start({ docker: noPlugin, 'docker-compose': composeProgram() })
    expect(await one.compose.up(upRequest, never)).toEqual({ exitCode: 0 })
    expect(one.commands().at(-1)).toMatch(/^docker-compose .* up /)
  })

  it('DCC-05: is looked for once, and again while there is none', async () => {
    const { compose, processes } = start({})
    const words = { code: 'compose/missing', message: expect.stringContaining('install the Compose plugin') }
    await expect(compose.up(upRequest, never)).rejects.toMatchObject(words)
    await expect(compose.load(ref, never)).rejects.toMatchObject(words)
    processes.program('docker', composeProgram())
    await compose.up(upRequest, never)
    await compose.up(upRequest, never)
    expect(started(processes, 'version')).toBe(1)
  })

  it.each(['1.29.2', '2.1.1'])('DCC-05: refuses version %s, and says what to do', async (version) => {
    const { compose } = start({ docker: composeProgram({ version }) })
    const message = expect.stringMatching(new RegExp(`${version}.*2\\.2 or later is needed.*install`))
    await expect(compose.up(upRequest, never)).rejects.toMatchObject({ code: 'compose/missing', message })
  })

  it.each(['v2.2.0', '2.26.1-4', '5.0.0', 'dev'])('DCC-05: takes version %s', async (version) => {
    const { compose } = start({ docker: composeProgram({ version }) })
    expect(await compose.up(upRequest, never)).toEqual({ exitCode: 0 })
  })
})

describe('what compose is told', () => {
  it('DC-01: names the project by all that says which it is', async () => {
    const { compose, commands } = start({ docker: composeProgram() })
    const project = { ...ref, files: [file, '/more.yaml'], envFile: '/shop.env', profiles: ['x', 'y'] }
    await compose.up({ ...upRequest, project, wait: true, recreate: true }, never)
    expect(commands().at(-1)).toBe(
      `docker compose --project-name shop --project-directory ${dir} --env-file /shop.env --file ${file} --file /more.yaml --profile x --profile y up --detach --no-deps --no-build --pull missing --wait --force-recreate a`,
    )
  })

  it('DCC-02: writes a text to a file that is named by what is in it', async () => {
    const { compose, commands } = start({ docker: composeProgram() })
    const filesOf = async (inline: string): Promise<string | undefined> => {
      await compose.up({ ...upRequest, project: { ...ref, files: [], inline } }, never)
      return / --file (\S+)/.exec(commands().at(-1) ?? '')?.[1]
    }
    const [first, again, other] = [await filesOf('{"a":1}'), await filesOf('{"a":1}'), await filesOf('{"a":2}')]
    expect(first).toBe(again)
    expect(first).not.toBe(other)
  })

  it('DCC-03: profiles that are given, also none, take the place of COMPOSE_PROFILES', async () => {
    const env = { COMPOSE_PROFILES: 'a', COMPOSE_FILE: '/elsewhere.yaml' }
    const { compose, processes } = start({ docker: composeProgram() }, env)
    await compose.up(upRequest, never)
    expect(processes.table().at(-1)?.env).toMatchObject({ COMPOSE_PROFILES: 'a' })
    expect(processes.table().at(-1)?.env).not.toHaveProperty('COMPOSE_FILE')
    await compose.up({ ...upRequest, project: { ...ref, profiles: [] } }, never)
    expect(processes.table().at(-1)?.env).toMatchObject({ COMPOSE_PROFILES: '' })
  })
})

describe('how compose ends', () => {
  const ending = (stderr: string, exitCode = 1): FakeProgram =>
    composeProgram({
      act: (self) => {
        self.stdout('#1 building\n')
        self.stderr(stderr)
        return exitCode
      },
    })

  it('hands over its output, and its last words when it failed', async () => {
    const { compose } = start({
      docker: ending(
        ' Container shop-a-1  Starting\ntime="x" level=warning msg="careful"\nError response from daemon: no\n',
        3,
      ),
    })
    let output = ''
    const onOutput = (text: string): void => {
      output += text
    }
    expect(await compose.up({ ...upRequest, onOutput }, never)).toEqual({
      exitCode: 3,
      error: 'Error response from daemon: no',
    })
    expect(output).toBe(
      '#1 building\n Container shop-a-1  Starting\ntime="x" level=warning msg="careful"\nError response from daemon: no\n',
    )
  })

  it('leaves out the warnings that were told when the project was read', async () => {
    const noise = [
      'time="x" level=warning msg="The \\"A\\" variable is not set. Defaulting to a blank string."',
      'time="x" level=warning msg="/shop/compose.yaml: the attribute `version` is obsolete, it will be ignored"',
    ]
    const { compose } = start({ docker: ending(`${noise.join('\n')}\nno end of line`, 0) })
    const output: string[] = []
    await compose.up({ ...upRequest, onOutput: (text) => void output.push(text) }, never)
    expect(output.join('')).toBe('#1 building\nno end of line')
  })

  it('takes a registry that hangs up for a failure, not for an engine that is away', async () => {
    const words = 'Error response from daemon: Get "https://registry.test/v2/": EOF'
    const { compose } = start({ docker: ending(`${words}\n`) })
    expect(await compose.up(upRequest, never)).toMatchObject({ error: words })
  })

  it.each([
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'no Docker engine answers at unix:///var/run/docker.sock; is Docker running?',
    ],
    [
      'error during connect: Post "http://%2Fvar%2Frun%2Fdocker.sock/v1.45/containers/create": EOF',
      'no Docker engine answers (Compose says: error during connect: Post "http://%2Fvar%2Frun%2Fdocker.sock/v1.45/containers/create": EOF)',
    ],
    ['unexpected EOF', 'no Docker engine answers (Compose says: unexpected EOF)'],
  ])('rejects, to be tried again, when no engine answers: %s', async (words, message) => {
    const { compose } = start({ docker: ending(`${words}\n`) })
    const failure = { code: 'docker/unreachable', retry: true, message }
    await expect(compose.up(upRequest, never)).rejects.toMatchObject(failure)
    await expect(compose.remove(request, never)).rejects.toMatchObject(failure)
  })

  it('ends what is aborted, and rejects with the reason', async () => {
    const { compose, processes } = start({ docker: composeProgram({ act: (self) => self.forever() }) })
    const abort = new AbortController()
    const up = compose.up(upRequest, abort.signal)
    up.catch(() => {})
    while (started(processes, 'up') === 0) await new Promise(setImmediate)
    abort.abort(new Error('enough'))
    await expect(up).rejects.toThrow('enough')
    expect(processes.running()).toEqual([])
  })

  it('stops at the first service that fails', async () => {
    const { compose, processes } = start({
      docker: composeProgram({ act: (self) => (self.argv.at(-1) === 'b' ? 1 : 0) }),
    })
    expect(await compose.up({ ...upRequest, services: ['a', 'b', 'c'] }, never)).toMatchObject({ exitCode: 1 })
    expect(processes.table().flatMap(({ argv }) => (argv.includes('up') ? argv.at(-1) : []))).toEqual(['a', 'b'])
  })
})

describe('loading', () => {
  it('DCC-05: reads what Compose prints, dollars and warnings with their place, too', async () => {
    const { compose } = start({ docker: composeProgram() })
    const { project, diagnostics, reads } = await compose.load(ref, never)
    expect(project).toMatchObject({ name: 'shop', services: [{ name: 'a', image: 'busybox' }] })
    expect(project?.services[0]?.place).toMatchObject({ file, line: 2, column: 3 })
    expect(diagnostics).toMatchObject([
      {
        severity: 'warning',
        message: expect.stringContaining('`X` is not set'),
        places: [{ file, line: 3, column: 19 }],
      },
    ])
    expect(reads).toEqual([
      { path: join(dir, '.env'), kind: 'file' },
      { path: file, kind: 'file' },
    ])
  })

  it('does not ask again while all files hold the same', async () => {
    const { compose, processes } = start({ docker: composeProgram() })
    const first = await compose.load(ref, never)
    const asked = started(processes, 'config')
    writeFileSync(file, 'services:\n  a:\n    image: busybox$X\n')
    expect(await compose.load(ref, never)).toEqual(first)
    expect(started(processes, 'config')).toBe(asked)
  })

  it.each([
    ['a file', () => writeFileSync(file, 'services: {a: {image: other}}')],
    ['a file that was not there', () => writeFileSync(join(dir, '.env'), 'X=1')],
  ])('asks again when %s has changed', async (_what, change) => {
    rmSync(join(dir, '.env'), { force: true })
    const { compose, processes } = start({ docker: composeProgram() })
    await compose.load(ref, never)
    const asked = started(processes, 'config')
    change()
    await compose.load(ref, never)
    expect(started(processes, 'config')).toBeGreaterThan(asked)
    rmSync(join(dir, '.env'), { force: true })
  })

  it('asks again when a file changed while it was read', async () => {
    const program = composeProgram()
    const { compose, processes } = start({
      docker: (self) => {
        if (self.argv.includes('json')) writeFileSync(file, `services: {a: {image: busybox}} # ${self.pid}`)
        return program(self)
      },
    })
    await compose.load(ref, never)
    const asked = started(processes, 'config')
    await compose.load(ref, never)
    expect(started(processes, 'config')).toBeGreaterThan(asked)
  })

  it('asks again for another project, and for one that could not be read', async () => {
    const program = composeProgram()
    const { compose, processes } = start({
      docker: (self) => {
        if (!self.argv.includes('config') || !self.argv.includes('bad')) return program(self)
        self.stderr('services must be a mapping\n')
        return 15
      },
    })
    await compose.load(ref, never)
    const bad = { ...ref, name: 'bad' }
    expect((await compose.load(bad, never)).diagnostics).toMatchObject([
      { code: 'compose/invalid', places: [{ file, line: 1 }] },
    ])
    const asked = started(processes, 'config')
    await compose.load(bad, never)
    expect(started(processes, 'config')).toBeGreaterThan(asked)
  })
})
