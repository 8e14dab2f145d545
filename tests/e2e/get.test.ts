import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../support/processes.js'
import { type SharedSession, sharedSession } from '../support/shared-session.js'
import { tempProject } from '../support/temp-project.js'
import { launchTiltts, type RunningTiltts, runTiltts } from '../support/tiltts.js'

const config = `import { localResource } from 'tiltts'
localResource('api', { serveCmd: 'echo serving; sleep 1000', labels: ['backend'] })
localResource('broken', { cmd: 'echo no; exit 3', labels: ['backend'] })
localResource('by-hand', { cmd: 'true', triggerMode: 'manual', autoInit: false })
`

describe('reading a session', () => {
  let session: SharedSession
  const out = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await session.run(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }
  const follow = (...args: readonly string[]): RunningTiltts => {
    const running = launchTiltts(session.project, args)
    onTestFinished(() => void running.signal('SIGKILL'))
    return running
  }

  beforeAll(async () => {
    session = await sharedSession({ 'tilt.config.ts': config }, /│ serving/)
    await out('wait', '--for=condition=Ready', 'uiresource/api')
    await out('wait', "--for=jsonpath='{.status.updateStatus}'=error", 'uiresource/broken')
  }, 60_000)
  afterAll(() => session.end())

  it('CLI-49: a table tells where resources stand, and wide says why', async () => {
    const table = await out('get', 'uiresources')
    expect(table).toMatch(/^NAME +TYPE +UPDATE +RUNTIME +DISABLED +WAITING-ON +AGE$/m)
    expect(table).toMatch(/^broken +local +error +not_applicable/m)
    expect(await out('get', 'uiresource', 'broken', '-o=wide')).toMatch(/SUMMARY[\s\S]*3/)
    expect(await out('get', 'uiresources', '--no-headers=true', '-l', 'backend')).toMatch(/^api .*\nbroken .*\n$/)
  })

  it('CLI-47: takes types in all their names, several of them, and odd names of objects', async () => {
    for (const words of [
      ['uiresource/(Tiltfile)'],
      ['UIResource', '(Tiltfile)'],
      ['uiresources.tilt.dev', '--', '(Tiltfile)'],
    ])
      expect(await out('get', '-o', 'name', ...words)).toBe('uiresource.tilt.dev/(Tiltfile)\n')
    const both = await out('get', 'cm,session')
    expect(both).toMatch(/^NAME[\s\S]*configmap.tilt.dev\/api-disable[\s\S]*\n\nNAME[\s\S]*session.tilt.dev\/Tiltfile/)
    expect(await out('get', 'uiresource/api', 'cm/api-disable', '-o', 'name')).toBe(
      'uiresource.tilt.dev/api\nconfigmap.tilt.dev/api-disable\n',
    )
  })

  it('CLI-50: JSON of several is a list, of one the object; managed fields only for who asks', async () => {
    const list = JSON.parse(await out('get', 'uiresources', '-o', 'json'))
    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' } })
    expect(list.items.map((item: { status: { updateStatus: string } }) => item.status.updateStatus)).toContain('error')
    expect(JSON.parse(await out('get', 'uiresource', 'api', '-ojson'))).toMatchObject({ kind: 'UIResource' })
    expect(await out('get', 'uiresource', 'api', '-o', 'yaml')).toContain('\nkind: UIResource\n')
    const lines = (await out('get', 'uiresources', '--ndjson')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).metadata.name)).toEqual(
      list.items.map((item: { metadata: { name: string } }) => item.metadata.name),
    )
  })

  it('CLI-48: prints what templates and columns ask for, in the order of a field', async () => {
    const template = 'jsonpath={range .items[*]}{.metadata.name}={.status.updateStatus}{"\\n"}{end}'
    expect(await out('get', 'uiresources', '-o', template)).toContain('broken=error\n')
    expect(await out('get', 'uiresource', 'api', '-o', 'custom-columns=N:.metadata.name,X:.status.nothing')).toBe(
      'N     X\napi   <none>\n',
    )
    const names = await out('get', 'uiresources', '-l', 'backend', '--sort-by=.status.updateStatus', '-o', 'name')
    expect(names).toBe('uiresource.tilt.dev/broken\nuiresource.tilt.dev/api\n')
    expect(await out('get', 'uiresources', '-l', 'backend', '-L', 'backend', '--show-labels', '--show-kind')).toMatch(
      /^NAME .* BACKEND +LABELS\nuiresource.tilt.dev\/api .* backend=backend\n/,
    )
  })

  it('CLI-48: takes templates of Go, from the command line and from files, and says where they fail', async () => {
    const template = '{{range .items}}{{if eq .metadata.name "broken"}}{{.status.updateStatus}}{{"\\n"}}{{end}}{{end}}'
    session.project.write('rows.tmpl', template)
    for (const args of [
      ['-o', `go-template=${template}`],
      ['-o', 'go-template', '--template', template],
      ['--template', template],
      ['-o', 'go-template-file=rows.tmpl'],
      ['-o', 'templatefile=rows.tmpl'],
    ])
      expect(await out('get', 'uiresources', ...args)).toBe('error\n')
    expect(await session.run('get', 'uiresources', '-o', 'go-template={{range .items}}')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('template: output:1: unexpected EOF'),
    })
    const wrong = ['get', 'uiresource', 'api', '--allow-missing-template-keys=false', '-o', 'go-template={{.nothing}}']
    expect(await session.run(...wrong)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'output:1:2: executing "output" at <.nothing>: map has no entry for key "nothing"',
      ),
    })
  })

  it('CLI-49, CLI-06: says when there is nothing, and by its exit code what is not there', async () => {
    const none = { code: 0, stdout: '', stderr: 'No resources found\n' }
    expect(await session.run('get', 'uiresources', '-l', 'no=body')).toMatchObject(none)
    expect(await session.run('get', 'uiresource', 'api', 'x')).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/^api /m),
      stderr: 'Error from server (NotFound): uiresources.tilt.dev "x" not found\n',
    })
    expect(await session.run('get', 'uiresource', 'x', '--ignore-not-found')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    })
    expect(await session.run('get', 'pods')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the server doesn\'t have a resource type "pods"'),
    })
    expect(await session.run('get', 'uiresources', '--port', '1')).toMatchObject({ code: 3 })
  })

  it('CLI-51, CLI-52: a watch prints what there is, then each change once', async () => {
    const watch = follow('get', 'uiresource', 'by-hand', '-w', '--ndjson', '--output-watch-events')
    await until('the first object', () => watch.stdout().includes('\n'))
    const only = follow('get', 'uiresource', 'by-hand', '--watch-only', '-o', 'json')
    const table = follow('get', 'uiresources', '-w')
    await until('the table', () => table.stdout().includes('by-hand'))
    await out('trigger', 'by-hand', '--wait')
    await until('the last change', () => /"updateStatus":"ok"/.test(watch.stdout()))
    const events = watch
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.filter(({ type }) => type === 'ADDED')).toHaveLength(1)
    const versions = events.map(({ object }) => Number(object.metadata.resourceVersion))
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
    await until('the table follows', () => /^by-hand +local +ok/m.test(table.stdout()))
    expect(table.stdout().match(/^NAME/gm)).toHaveLength(1)
    await until('the other watch follows', () => only.stdout().includes('"updateStatus": "ok"'))
    expect(only.stdout()).toMatch(/^\{\n {4}"apiVersion"/)
    expect(only.stdout()).toMatch(/\n\}\n\{\n/)
  })

  it('CLI-53: describes one by its name or its beginning, all of a type, and for programs', async () => {
    expect(await out('describe', 'uiresource', 'api')).toMatch(/^Name: +api\n[\s\S]*Update Status: +/)
    expect(await out('describe', 'uiresource', 'br')).toMatch(/^Name: +broken\n/)
    expect((await out('describe', 'cm')).match(/^Name:/gm)?.length).toBeGreaterThan(2)
    expect(JSON.parse(await out('describe', 'uiresource/api', '-o', 'json'))).toMatchObject({ kind: 'UIResource' })
    expect(await session.run('describe', 'uiresource', 'zz')).toMatchObject({ code: 4 })
  })

  it('CLI-53, CLI-56: takes objects by the files in which they stand', async () => {
    const row = (name: string): string => `kind: UIResource\nmetadata: {name: ${name}}\n`
    const api = 'apiVersion: tilt.dev/v1alpha1\n'
    session.project.write('one.yaml', `${api}${row('api')}---\n${api}${row('by-hand')}`)
    session.project.write('other.yaml', row('api'))
    expect((await out('describe', '-f', 'one.yaml')).match(/^Name:/gm)).toHaveLength(2)
    expect(await out('wait', '--for=create', '-f', 'one.yaml')).toContain('by-hand condition met\n')
    expect(await session.run('describe', '-f', 'other.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('other.yaml: no matches for kind "UIResource" in version ""'),
    })
  })

  it('CLI-54, CLI-55: lists types and explains their fields', async () => {
    expect(await out('api-resources')).toMatch(/^filewatches +fw +tilt.dev\/v1alpha1 +false +FileWatch$/m)
    expect(await out('api-resources', '--verbs=create', '-o', 'name')).toContain('configmaps.tilt.dev\n')
    expect(await out('api-resources', '--namespaced')).toBe('NAME   SHORTNAMES   APIVERSION   NAMESPACED   KIND\n')
    expect(await out('explain', 'uiresource.status.disableStatus')).toMatch(
      /FIELD: disableStatus <Object>[\s\S]*\n {2}state\t/,
    )
    expect(await out('explain', 'filewatch', '--recursive')).toMatch(
      /\n {2}spec\t<FileWatchSpec>[\s\S]*\n {4}watchedPaths\t<\[\]string>/,
    )
    expect(await session.run('explain', 'filewatch.nothing')).toMatchObject({
      code: 1,
      stderr: 'error: field "nothing" does not exist\n',
    })
  })

  it('CLI-56, CLI-57: waits for conditions, says so, and times out with exit code 1', async () => {
    expect(await out('wait', '--for=condition=ready', 'uiresource/api', '--timeout=0')).toBe(
      'uiresource.tilt.dev/api condition met\n',
    )
    expect(await session.run('wait', '--for=condition=Ready', '--timeout=200ms', 'uiresource/broken')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'error: timed out waiting for the condition on uiresources/broken\n',
    })
    expect(await session.run('wait', '--for=condition=Ready', '--timeout=0', 'uiresource/broken')).toMatchObject({
      code: 1,
      stderr: 'error: condition not met for uiresources/broken\n',
    })
    expect(await session.run('wait', '--for=condition=Ready', 'uiresource/x')).toMatchObject({
      code: 4,
      stderr: 'Error from server (NotFound): uiresources.tilt.dev "x" not found\n',
    })
    expect(await session.run('wait', '--for=condition=Ready', 'uiresource', '-l', 'no=body')).toMatchObject({
      code: 4,
      stderr: 'error: no matching resources found\n',
    })
  })

  it('CLI-58: waits for several at the same time within one deadline', async () => {
    const { code, stdout, stderr, ms } = await session.run(
      'wait',
      '--for=condition=UpToDate',
      '--timeout=1s',
      'uiresource/broken',
      'uiresource/api',
      'session/Tiltfile',
    )
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: 'uiresource.tilt.dev/api condition met\n',
      stderr:
        'timed out waiting for the condition on uiresources/broken\ntimed out waiting for the condition on sessions/Tiltfile\n',
    })
    expect(ms).toBeLessThan(4000)
  })

  it('settled: what follows a change has come to its end; a failed update ends the wait', async () => {
    expect(await out('wait', '--for=settled', 'uiresource', 'api', 'by-hand')).toBe(
      'uiresource.tilt.dev/api condition met\nuiresource.tilt.dev/by-hand condition met\n',
    )
    expect(await session.run('wait', '--for=settled', '--timeout=60s')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: uiresources\/broken failed/),
    })
  })
})

describe('objects that come and go', () => {
  it('CLI-56: wait knows when an object is there and when it is gone, and get -w ends with the session', async () => {
    const session = await sharedSession(
      { 'tilt.config.ts': "import { localResource } from 'tiltts'\nlocalResource('a', { cmd: 'echo done' })\n" },
      '│ done',
    )
    onTestFinished(() => session.end())
    const created = launchTiltts(session.project, ['wait', '--for=create', 'uiresource/b', '--timeout=20s'])
    session.project.write(
      'tilt.config.ts',
      "import { localResource } from 'tiltts'\nlocalResource('b', { cmd: 'echo b is there' })\n",
    )
    expect(await created.finished).toMatchObject({ code: 0, stdout: 'uiresource.tilt.dev/b condition met\n' })
    expect(await session.run('wait', '--for=delete', 'uiresource/a')).toMatchObject({ code: 0 })
    const watch = launchTiltts(session.project, ['get', 'uiresources', '-w'])
    await watch.printed(/^b /m)
    await session.stop()
    expect(await watch.finished).toMatchObject({ code: 0, stderr: 'The session has ended\n' })
  })
})

describe('ls', () => {
  it('lists the sessions that run, for people and programs, and is content with none', async () => {
    const none = await runTiltts(tempProject({}), ['ls'])
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: 'No sessions are running\n' })
    const session = await sharedSession({ 'tilt.config.ts': config }, /│ serving/)
    onTestFinished(() => session.end())
    const { stdout } = await session.run('ls')
    expect(stdout).toMatch(
      /^PORT +COMMAND +PID +SINCE +CONTEXT +CONFIG\n\d+ +dev +\d+ .* tilt-\S+ +.*tilt\.config\.ts\n$/,
    )
    const [only] = JSON.parse((await session.run('ls', '--json')).stdout)
    expect(only).toMatchObject({ command: 'dev', context: expect.stringMatching(/^tilt-/), port: expect.any(Number) })
    await session.stop()
    expect(await session.run('ls', '--json')).toMatchObject({ code: 0, stdout: '[]\n' })
  })
})
