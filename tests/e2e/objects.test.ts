import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiObject } from '../support/api-object.js'
import { skipReason } from '../support/requires.js'
import { type SharedSession, sharedSession } from '../support/shared-session.js'
import { launchTiltts } from '../support/tiltts.js'

const config = `import { localResource } from 'tiltts'
localResource('api', { serveCmd: 'echo api serves; exec sleep 1000' })
`
// It is in kubectl.
const noKustomize = skipReason('kubectl')

const map = (name: string, data: string, labels = ''): string =>
  `apiVersion: tilt.dev/v1alpha1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  labels: {${labels}}\ndata: {${data}}\n`

describe('objects of a session', () => {
  let session: SharedSession

  beforeAll(async () => {
    session = await sharedSession({ 'tilt.config.ts': config }, /api serves/)
  }, 30_000)
  afterAll(() => session.end())

  const said = (code: number, stdout: string, stderr: unknown = ''): object => ({ code, stdout, stderr })
  const dataOf = async (name: string): Promise<unknown> => (await apiObject(session, `configmaps/${name}`))['data']
  const fed = (input: string, ...args: string[]): string =>
    execFileSync(process.execPath, [launchedBin(), ...args], {
      cwd: session.project.folder,
      env: session.env,
      input,
      encoding: 'utf8',
    })
  const launchedBin = (): string => session.dev.child.spawnargs[1] ?? ''

  it('CLI-70, CLI-71: create makes all objects of a file, says each, and goes on after one that is refused', async () => {
    session.project.write('maps.yaml', `${map('one', 'a: "1"')}---\n${map('two', 'a: "2"')}`)
    expect(await session.run('create', '-f', 'maps.yaml')).toMatchObject(
      said(0, 'configmap.tilt.dev/one created\nconfigmap.tilt.dev/two created\n'),
    )
    session.project.write('more.yaml', `${map('one', '')}---\n${map('three', '')}`)
    expect(await session.run('create', '-f', 'more.yaml')).toMatchObject(
      said(1, 'configmap.tilt.dev/three created\n', expect.stringContaining('Error from server (AlreadyExists)')),
    )
    expect(await session.run('create')).toMatchObject(said(2, '', expect.stringContaining('must specify -f')))
  })

  it('CLI-75: apply creates, configures, and leaves unchanged; it takes away what it no longer says, and nothing of others', async () => {
    expect(fed(map('applied', 'a: "1", b: "2"'), 'apply', '-f', '-')).toBe('configmap.tilt.dev/applied created\n')
    expect(fed(map('applied', 'a: "1", b: "2"'), 'apply', '-f', '-')).toBe('configmap.tilt.dev/applied unchanged\n')
    await session.run('patch', 'cm/applied', '-p', 'data: {theirs: "3"}')
    expect(fed(map('applied', 'a: "4"'), 'apply', '-f', '-')).toBe('configmap.tilt.dev/applied configured\n')
    expect(await dataOf('applied')).toEqual({ a: '4', theirs: '3' })
    const json = JSON.stringify({
      apiVersion: 'tilt.dev/v1alpha1',
      kind: 'ConfigMap',
      metadata: { name: 'applied' },
      data: {},
    })
    expect(fed(json, 'apply', '-f', '-', '-o', 'name')).toBe('configmap.tilt.dev/applied\n')
    expect(await dataOf('applied')).toEqual({ theirs: '3' })
  })

  it('CLI-75: apply --server-side lets the session merge, by who manages which field', async () => {
    const mine = map('shared', 'a: "1"')
    expect(fed(mine, 'apply', '--server-side', '-f', '-')).toBe('configmap.tilt.dev/shared serverside-applied\n')
    expect(fed(map('shared', 'b: "2"'), 'apply', '--server-side', '--field-manager', 'other', '-f', '-')).toContain(
      'serverside-applied',
    )
    expect(await dataOf('shared')).toEqual({ a: '1', b: '2' })
    expect(fed(map('shared', 'c: "3"'), 'apply', '--server-side', '-f', '-')).toContain('serverside-applied')
    expect(await dataOf('shared')).toEqual({ b: '2', c: '3' })
    expect(await session.run('apply', '--force-conflicts', '-f', 'maps.yaml')).toMatchObject({ code: 2 })
  })

  it.skipIf(noKustomize !== undefined)(
    `CLI-75, CLI-53: apply, describe and delete take a kustomization${noKustomize ? ` (skipped: ${noKustomize})` : ''}`,
    async () => {
      session.project.write('kustomized/map.yaml', map('one', 'a: "1"'))
      session.project.write('kustomized/kustomization.yaml', 'namePrefix: made-\nresources: [map.yaml]\n')
      expect(await session.run('apply', '-k', 'kustomized')).toMatchObject(
        said(0, 'configmap.tilt.dev/made-one created\n'),
      )
      expect((await session.run('describe', '-k', 'kustomized')).stdout).toMatch(/^Name: +made-one$/m)
      expect(await session.run('delete', '-k', 'kustomized')).toMatchObject(
        said(0, 'configmap.tilt.dev "made-one" deleted\n'),
      )
      expect(await session.run('apply', '-k', 'nowhere')).toMatchObject(said(2, '', expect.stringContaining('nowhere')))
      expect(await session.run('apply', '-k', 'kustomized', '-f', 'maps.yaml')).toMatchObject({ code: 2 })
    },
  )

  it('CLI-76: patch in three ways, from the command line and from a file, says what is no change', async () => {
    await session.run('create', '-f', 'maps.yaml')
    const patch = (...args: string[]): Promise<unknown> => session.run('patch', 'configmap', 'one', ...args)
    expect(await patch('-p', '{"data":{"b":"2"}}')).toMatchObject(said(0, 'configmap.tilt.dev/one patched\n'))
    expect(await patch('-p', '{"data":{"b":"2"}}')).toMatchObject(
      said(0, 'configmap.tilt.dev/one patched (no change)\n'),
    )
    expect(await patch('--type', 'json', '-p', '[{"op":"remove","path":"/data/a"}]')).toMatchObject({ code: 0 })
    session.project.write('patch.yaml', 'data: {c: "3"}')
    expect(await patch('--type=merge', '--patch-file', 'patch.yaml')).toMatchObject({ code: 0 })
    expect(await dataOf('one')).toEqual({ b: '2', c: '3' })
    expect(await session.run('patch', 'cm/nope', '-p', '{}')).toMatchObject(
      said(4, '', 'Error from server (NotFound): configmaps.tilt.dev "nope" not found\n'),
    )
    expect(await patch('-p', '[')).toMatchObject({ code: 2, stderr: expect.stringContaining('unable to parse') })
    expect(await session.run('patch', 'uiresource', 'api', '-p', '{}')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Error from server (MethodNotAllowed)'),
    })
  })

  it('CLI-76: edit opens the editor; no change cancels, and what is refused is kept', async () => {
    await session.run('create', '-f', 'maps.yaml')
    const edit = async (editor: string, ...args: string[]): Promise<object> => {
      const { code, stdout, stderr } = await launchTiltts(session.project, ['edit', ...args], {
        env: { KUBE_EDITOR: editor },
      }).finished
      return { code, stdout, stderr }
    }
    expect(await edit('true', 'cm', 'two')).toEqual(said(0, 'Edit cancelled, no changes made.\n'))
    expect(await edit(`sed -i 's/a: "2"/a: "edited"/'`, 'configmap/two')).toEqual(
      said(0, 'configmap.tilt.dev/two edited\n'),
    )
    expect(await dataOf('two')).toEqual({ a: 'edited' })
    expect(await edit(`sed -i 's/data:/data: [/'`, 'cm', 'two')).toEqual(
      said(1, '', expect.stringMatching(/failed to parse[\s\S]*A copy of your changes has been stored to "/)),
    )
    expect(await edit('false', 'cm', 'two')).toEqual(said(1, '', expect.stringContaining("The editor 'false' failed")))
    expect(await edit('true', 'cm', 'nope')).toMatchObject({ code: 4 })
    expect(await dataOf('two')).toEqual({ a: 'edited' })
  })

  it('CLI-75: delete by name, file, label and all; what is not there is an error unless it is said to be fine', async () => {
    session.project.write('gone.yaml', map('from-file', ''))
    session.project.write(
      'labelled.yaml',
      `${map('red-1', '', 'colour: red')}---\n${map('red-2', '', 'colour: red')}---\n${map('blue', '', 'colour: blue')}`,
    )
    await session.run('create', '-f', 'gone.yaml', '-f', 'labelled.yaml')
    expect(await session.run('delete', '-f', 'gone.yaml')).toMatchObject(
      said(0, 'configmap.tilt.dev "from-file" deleted\n'),
    )
    expect(await session.run('delete', 'cm', '-l', 'colour=red')).toMatchObject(
      said(0, 'configmap.tilt.dev "red-1" deleted\nconfigmap.tilt.dev "red-2" deleted\n'),
    )
    expect(await session.run('delete', 'cm', 'nope', 'blue')).toMatchObject(
      said(
        4,
        'configmap.tilt.dev "blue" deleted\n',
        'Error from server (NotFound): configmaps.tilt.dev "nope" not found\n',
      ),
    )
    expect(await session.run('delete', 'cm', 'nope', '--ignore-not-found')).toMatchObject(said(0, ''))
    expect(await session.run('delete', 'cm')).toMatchObject({ code: 2 })
  })

  it('CLI-72, CLI-77: create cmd runs a command with its own flags, in a folder and an environment', async () => {
    const created = await session.run(
      ...['create', 'cmd', '-w', '/', '-e', 'WORD=said', 'hand-made'],
      ...['sh', '-c', 'echo $WORD in $PWD; exit 3'],
    )
    expect(created).toMatchObject(said(0, 'cmd.tilt.dev/hand-made created\n'))
    let cmd: Readonly<Record<string, unknown>> = {}
    await session.until(async () => {
      cmd = await apiObject(session, 'cmds/hand-made')
      return (cmd['status'] as { terminated?: object }).terminated !== undefined
    })
    expect(cmd).toMatchObject({
      spec: { args: ['sh', '-c', 'echo $WORD in $PWD; exit 3'], dir: '/', env: ['WORD=said'] },
      status: { terminated: { exitCode: 3 } },
    })
    expect((await session.run('logs')).stdout).toContain('said in /')
    expect(await session.run('create', 'cmd', 'x')).toMatchObject({ code: 2 })
  })

  it('CLI-73: create filewatch watches paths, which are made absolute', async () => {
    const printed = await session.run('create', 'fw', 'seen', 'watched', '--ignore', '*.tmp', '-o', 'json')
    expect(JSON.parse(printed.stdout)).toMatchObject({
      spec: {
        watchedPaths: [session.project.path('watched')],
        ignores: [{ basePath: session.project.folder, patterns: ['*.tmp'] }],
      },
    })
    await session.until(async () => {
      session.project.write('watched/file', String(Date.now()))
      const { status } = (await apiObject(session, 'filewatches/seen')) as { status: { fileEvents: readonly object[] } }
      return status.fileEvents.length > 0
    })
  })

  it('CLI-81: dump prints the log as JSON lines, and, without a session, the schemas', async () => {
    const lines = (await session.run('dump', 'logstore')).stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ resource: 'api', message: 'api serves', source: 'runtime' }),
    )
    const openapi = await launchTiltts(session.project, ['dump', 'openapi'], { env: { TILT_PORT: '1' } }).finished
    expect(JSON.parse(openapi.stdout)).toMatchObject({
      swagger: '2.0',
      definitions: { 'dev.tilt.v1alpha1.UIResource': { type: 'object' } },
    })
    expect(await session.run('dump', 'nothing')).toMatchObject({ code: 2 })
  })

  it('CLI-80, CLI-81: dump prints the state of the engine, and what the web page is sent', async () => {
    const engine = JSON.parse((await session.run('dump', 'engine')).stdout)
    expect(Object.keys(engine.objects)).toContain('UIResource')
    const view = JSON.parse((await session.run('dump', 'webview')).stdout)
    expect(view.uiResources.map((row: { metadata: { name: string } }) => row.metadata.name)).toContain('api')
  })

  it('CLI-90: completes commands, flags, values, resources, types and objects', async () => {
    const complete = async (...words: string[]): Promise<readonly string[]> =>
      (await session.run('__complete', '--', ...words)).stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('\t')[0] ?? '')
    expect(await complete('tr')).toEqual(['trigger'])
    expect(await complete('logs', '--so')).toEqual(['--source'])
    expect(await complete('logs', '--source', '')).toEqual(['all', 'build', 'runtime'])
    expect(await complete('trigger', 'a')).toEqual(['api'])
    expect(await complete('delete', 'config')).toEqual(['configmaps'])
    expect(await complete('delete', 'cm', 'api-')).toEqual(['api-disable'])
    expect(await complete('delete', 'cm/api-')).toEqual(['cm/api-disable'])
    expect(await complete('dump', 'o')).toEqual(['openapi'])
    expect(await complete('snapshot', '')).toEqual(['create', 'view'])
    expect(await complete('snapshot', 'view', '')).toEqual([])
    expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish', 'powershell'])
  })

  it('CLI-90: prints scripts, of which bash takes the completions over', async () => {
    for (const shell of ['zsh', 'fish', 'powershell'])
      expect((await session.run('completion', shell)).stdout).toContain('tiltts __complete')
    const script = `tiltts() { "$NODE" "$BIN" "$@"; }
source <(tiltts completion bash)
COMP_WORDS=(tiltts trigger a); COMP_CWORD=2; _tiltts; echo "\${COMPREPLY[@]}"
COMP_WORDS=(tiltts dump ""); COMP_CWORD=2; _tiltts; echo "\${COMPREPLY[@]}"`
    const printed = execFileSync('bash', ['-c', script], {
      cwd: session.project.folder,
      env: { ...session.env, NODE: process.execPath, BIN: launchedBin() },
      encoding: 'utf8',
    })
    expect(printed).toBe('api\nengine webview logstore openapi image-deploy-ref\n')
  })

  it('CLI-01, CLI-02: flags may stand before the command, TILT_PORT replaces the default, and a flag beats it', async () => {
    const port = /http:\/\/localhost:(\d+)/.exec(session.dev.stdout())?.[1] ?? ''
    const at = (env: NodeJS.ProcessEnv, ...args: string[]): Promise<{ code: number; stderr: string }> =>
      launchTiltts(session.project, args, { env }).finished
    expect(await at({ TILT_PORT: '1' }, '--host', 'localhost', '--port', port, 'args')).toMatchObject({ code: 0 })
    expect(await at({ TILT_PORT: port }, 'args')).toMatchObject({ code: 0 })
    expect(await at({ TILT_PORT: port }, 'args', '--port', '1')).toMatchObject({ code: 3 })
    expect(await at({ TILT_PORT: 'x' }, 'args')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('TILT_PORT'),
    })
    expect((await at({}, 'args', '--klog', '6')).stderr).toMatch(
      /GET http:\/\/(?:localhost|127\.0\.0\.1):\d+\/apis\/.* 200 in \d+ ms/,
    )
  })

  it('CLI-07: says by which names nobody was found', async () => {
    for (const args of [['args'], ['logs'], ['patch', 'cm', 'x', '-p', '{}']]) {
      const { code, stderr } = await session.run(...args, '--port', '1')
      expect({ code, stderr }).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(
          /Could not connect to Tilt at http:\/\/localhost:1\/[\s\S]*No tilt apiserver found: tilt-1/,
        ),
      })
    }
  })

  it('CLI-08: says once that there is no such command, and which is meant', async () => {
    const { code, stderr, stdout } = await session.run('trigerr')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe("Error: There is no command 'trigerr'\nDid you mean: tiltts trigger\n")
  })

  it('CLI-79: doctor tells of the system, and exits by what is broken', async () => {
    const { code, stdout } = await session.run('doctor')
    expect(stdout).toMatch(/^Tilt\n- Version: v\d+\.\d+\.\d+\n---\nSystem\n[\s\S]*Docker\n- Host: [\s\S]*Kubernetes\n/)
    expect(code).toBe(stdout.includes('Error:') ? 1 : 0)
    const gone = await launchTiltts(session.project, ['doctor'], { env: { DOCKER_HOST: 'unix:///nowhere.sock' } })
      .finished
    expect(gone).toMatchObject({ code: 1, stdout: expect.stringMatching(/- Host: Error: .*nowhere/) })
  })

  it('CLI-60: logs takes --tail -1 for all of the past', async () => {
    expect((await session.run('logs', 'api', '--tail', '-1')).stdout).toContain('api serves')
    expect((await session.run('logs', 'api', '--tail', '0')).stdout).toBe('')
    expect(await session.run('logs', 'api', '--tail', '-2')).toMatchObject({ code: 2 })
  })
})
