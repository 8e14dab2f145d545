// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of compose files look like this
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Compose } from '@tiltts/runtime/ports'
import type { ComposeProjectRef, Diagnostic } from '@tiltts/spec'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithDocker } from '../docker/testing/needs-docker.js'
import { createProcesses } from '../processes/index.js'
import { createCompose } from './create-compose.js'

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'tiltts-bad-compose-')))
const processes = createProcesses({ sessionId: 'bad-compose', stateFolder: join(dir, '.state'), reaper: false })
const never = new AbortController().signal
let compose: Compose

beforeAll(() => {
  compose = createCompose({ processes, env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' } })
})
afterAll(async () => {
  await processes.close(0)
  rmSync(dir, { recursive: true, force: true })
})

const write = (name: string, lines: readonly string[]): string => {
  writeFileSync(join(dir, name), `${lines.join('\n')}\n`)
  return join(dir, name)
}
const diagnose = async (...files: readonly (readonly string[])[]): Promise<readonly string[]> => {
  const paths = files.map((lines, index) => write(`${index + 1}.yaml`, lines))
  return complaints({ dir, files: paths })
}
const complaints = async (ref: ComposeProjectRef): Promise<readonly string[]> => {
  const { project, diagnostics } = await compose.load(ref, never)
  if (diagnostics.some(({ severity }) => severity === 'error')) expect(project).toBeUndefined()
  return diagnostics.map(brief).sort()
}
/** `1.yaml:3 message`. */
const brief = ({ places: [place], message }: Diagnostic): string => {
  const where = place === undefined ? '' : `${place.file.slice(dir.length + 1)}:${place.line} `
  if (place) expect(place.excerpt?.lines.length).toBeGreaterThan(0)
  return `${where}${message.replaceAll(`${dir}/`, '')}`
}
const service = (...lines: readonly string[]): readonly string[] => [
  'services:',
  '  api:',
  '    image: busybox',
  ...lines.map((line) => `    ${line}`),
]

describeWithDocker('what is wrong with compose files', () => {
  it.each([
    [
      'a broken indentation',
      ['services:', '  api:', '    image: busybox', '   bad: x'],
      ['1.yaml:4 no YAML: All mapping items must start at the same column'],
    ],
    ['a tab', ['services:', '\tapi: 1'], ['1.yaml:2 no YAML: Tabs are not allowed as indentation']],
    ['a key twice', service('image: other'), ['1.yaml:4 no YAML: Map keys must be unique']],
    ['an alias to nothing', service('command: *nothing'), ["1.yaml:4 no YAML: unknown anchor 'nothing' referenced"]],
    ['nothing at all', [''], ['1.yaml:1 empty compose file']],
    ['a wrong type', ['services: [a]'], ['1.yaml:1 services must be a mapping']],
    ['a port that is none', service('ports:', '  - "80"', '  - "foo:bar"'), ['1.yaml:6 Invalid containerPort: bar']],
    [
      'a condition that is none',
      service('depends_on:', '  api:', '    condition: fine'),
      [
        '1.yaml:6 services.api.depends_on.api.condition must be one of the following: "service_started", "service_healthy", "service_completed_successfully"',
      ],
    ],
    ['a variable that ends nowhere', service('command: ${X'), ['1.yaml:4 `${X` is no way to write a variable']],
    [
      'a service without an image',
      ['services:', '  api:', '    command: x'],
      ['1.yaml:2 the service `api` has neither an image nor a build'],
    ],
    [
      'a circle',
      [...service('depends_on: [b]'), '  b: {image: x, depends_on: [api]}'],
      ['1.yaml:4 dependency cycle detected: api -> b -> api'],
    ],
    [
      'an unknown service',
      service('depends_on: [db, api2]').slice(0, 4),
      ['1.yaml:4 the service `api` depends on `db`, which no compose file has'],
    ],
    [
      'a network that is not there',
      service('networks: [nonet]'),
      ['1.yaml:4 the service `api` uses the network `nonet`, which is not defined'],
    ],
    [
      'a service to extend that is not there',
      service('extends: {service: base}'),
      ['1.yaml:4 cannot extend service "api" in 1.yaml: service "base" not found'],
    ],
    [
      'a file to extend that is not there',
      service('extends: {file: none.yaml, service: base}'),
      ['1.yaml:4 there is no file none.yaml'],
    ],
    [
      'a file to include that is not there',
      ['include: [none.yaml]', ...service()],
      ['1.yaml:1 there is no file none.yaml'],
    ],
  ] as const)('tells of %s, with its place', async (_what, lines, expected) => {
    const found = await diagnose(lines)
    if (_what === 'an unknown service') expect(found[0]).toMatch(/^1\.yaml:4 the service `api` depends on `(db|api2)`/)
    else expect(found).toEqual(expected)
  })

  it('tells of all unknown keys of all files', async () => {
    const one = [...service('portz: [80]', 'environmnt: {}'), '  web.v1: {image: x, foo: 1}']
    const two = ['volumes:', '  data: {drvr: x}', ...service('restrt: always')]
    expect(await diagnose(one, two)).toEqual([
      '1.yaml:4 `services.api` has no key `portz`',
      '1.yaml:5 `services.api` has no key `environmnt`',
      '1.yaml:6 `services.web.v1` has no key `foo`',
      '2.yaml:2 `volumes.data` has no key `drvr`',
      '2.yaml:6 `services.api` has no key `restrt`',
    ])
  })

  it('tells of mistakes of different kinds in several files', async () => {
    const broken = ['services:', '  a: b', ' c: d']
    expect(await diagnose(service('portz: 1'), broken, service('command: ${GONE:?say where}'))).toEqual([
      '1.yaml:4 `services.api` has no key `portz`',
      '2.yaml:3 no YAML: All mapping items must start at the same column',
      '3.yaml:4 the variable `GONE` must be set: say where',
    ])
  })

  it('tells where an included file is wrong', async () => {
    write('part.yaml', service('foo: 1'))
    expect(await diagnose(['include: [part.yaml]'])).toEqual(['part.yaml:4 `services.api` has no key `foo`'])
    write('part.yaml', ['services: [', '  - a'])
    expect((await diagnose(['include: [part.yaml]']))[0]).toMatch(/^part\.yaml:\d no YAML: /)
  })

  it('tells of all variables that must be set', async () => {
    expect(await diagnose(service('command: ${A:?first}', '# ${NOT_THIS:?x}', 'user: "${B?second}"'))).toEqual([
      '1.yaml:4 the variable `A` must be set: first',
      '1.yaml:6 the variable `B` must be set: second',
    ])
  })

  it('warns of variables that are not set, and takes them as empty; not of an old `version`', async () => {
    const path = write('1.yaml', ['version: "3"', ...service('command: echo $A ${B:-b}')])
    const { project, diagnostics } = await compose.load({ dir, files: [path] }, never)
    expect(project?.services).toHaveLength(1)
    expect(diagnostics).toMatchObject([{ severity: 'warning', places: [{ file: path, line: 5, column: 19 }] }])
    expect(diagnostics.map(brief)).toEqual(['1.yaml:5 the variable `A` is not set: it is taken as empty'])
  })

  it('tells of all files that are not there', async () => {
    const files = [write('1.yaml', service('env_file:', '  - one.env', '  - two.env')), join(dir, 'none.yaml')]
    expect(await complaints({ dir, files })).toEqual([
      '1.yaml:5 there is no file one.env',
      '1.yaml:6 there is no file two.env',
      'there is no file none.yaml',
    ])
    expect(await complaints({ dir, files: files.slice(0, 1) })).toEqual([
      '1.yaml:5 there is no file one.env',
      '1.yaml:6 there is no file two.env',
    ])
    expect(await complaints({ dir, files: [write('1.yaml', service())], envFile: join(dir, 'none.env') })).toEqual([
      'there is no file none.env',
    ])
  })

  it('tells which line of an env file is wrong', async () => {
    const envFile = write('bad.env', ['A=1', 'NO ASSIGNMENT'])
    const files = [write('1.yaml', service())]
    expect(await complaints({ dir, files, envFile })).toEqual([
      'bad.env:2 no line of an env file: key cannot contain a space',
    ])
    write('1.yaml', service('env_file: bad.env'))
    expect(await complaints({ dir, files })).toEqual(['bad.env:2 no line of an env file: key cannot contain a space'])
  })

  it('tells that the profile of a dependency is off', async () => {
    const files = [write('1.yaml', [...service('depends_on: [db]'), '  db: {image: x, profiles: [data]}'])]
    const { diagnostics } = await compose.load({ dir, files }, never)
    expect(diagnostics.map(brief)).toEqual(['1.yaml:4 the service `api` depends on `db`, whose profile is off'])
    expect(diagnostics[0]?.hint).toContain("profiles: ['data']")
    expect(await complaints({ dir, files, profiles: ['data'] })).toEqual([])
  })

  it('DCC-02: tells that a name is none, with no place as it is not in the files', async () => {
    const [message] = await complaints({ dir, name: 'Not A Name', files: [write('1.yaml', service())] })
    expect(message).toMatch(/^invalid project name "Not A Name"/)
  })

  it('tells of all images that cannot be called so', async () => {
    const one = [
      'services:',
      '  api: {image: "shop/API"}',
      '  web:',
      '    image: my image',
      '  db: {image: "shop/db:1"}',
    ]
    expect(await diagnose(one)).toEqual([
      '1.yaml:2 `services.api.image`: "shop/API" cannot name an image',
      '1.yaml:4 `services.web.image`: "my image" cannot name an image',
    ])
    expect(await diagnose(service().with(2, '    image: sha256:0123456789ab'))).toEqual([])
  })

  it.each([
    ['a context that is not there', { DOCKER_CONTEXT: 'tiltts-none' }],
    [
      'certificates that are not there',
      { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/none' },
    ],
    ['an address that is none', { DOCKER_HOST: 'nonsense://x' }],
  ])('reads files also with %s: that is for who connects to the engine to tell', async (_what, more) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...more }
    const { project, diagnostics } = await createCompose({ processes, env }).load(
      { dir, files: [write('1.yaml', service())] },
      never,
    )
    expect(diagnostics).toEqual([])
    expect(project?.services.map(({ name }) => name)).toEqual(['api'])
  })

  it('tells what is wrong with an inline object', async () => {
    expect(await complaints({ dir, files: [], inline: '{"services":{"a":{"image":"x","foo":1}}}' })).toEqual([
      '`services.a` has no key `foo`',
    ])
  })
})
