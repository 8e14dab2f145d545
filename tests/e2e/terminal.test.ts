import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { processesMatching, until } from '../support/processes.js'
import { tempProject } from '../support/temp-project.js'
import { terminal } from '../support/terminal.js'

const config = `import { localResource } from 'tiltts'
const db = localResource('db', { serveCmd: 'echo db is up; exec sh -c "sleep 300; true $0" $PWD' })
localResource('job', { cmd: 'echo job ran $(date +%N)', resourceDeps: [db], autoInit: false })
`

describe('dev on a terminal', () => {
  it('CLI-35, CLI-36: shows a row a resource, opens a log, triggers, and quits with q', async () => {
    const project = tempProject({ 'tilt.config.ts': config })
    const { pty, shows, ended, text } = terminal(project, ['dev', '--port', '0'])
    await shows(/● db +ready/)
    await shows(/○ job +idle/)
    pty.write('jj')
    await shows(/› ○ job/)
    pty.write('t')
    await shows(/job will be updated/)
    await shows(/✓ job +done/)
    pty.write('\r')
    await shows(/── job ── any key goes back ──[\s\S]*job ran \d+/)
    pty.write('x')
    const before = text().length
    await until('the rows are back', () => /● db/.test(text().slice(before)))
    pty.write('q')
    expect(await ended).toBe(0)
    expect(processesMatching(project.folder)).toEqual([])
  })

  it('stops and starts one resource', async () => {
    const project = tempProject({ 'tilt.config.ts': config })
    const { pty, shows, text } = terminal(project, ['dev', '--port', '0'])
    await shows(/● db +ready/)
    const server = (): readonly number[] => processesMatching(project.folder).filter((pid) => pid !== pty.pid)
    const before = server().length
    pty.write('j')
    await shows(/› ● db/)
    pty.write('s')
    await shows(/db is being stopped/)
    await until('its processes are gone', () => server().length < before)
    const at = text().length
    pty.write('t')
    await until('it is ready again', () => /● db +ready/.test(text().slice(at)))
  })

  it('UP-03: streams the log instead with --stream; Ctrl-C ends it as interrupted', async () => {
    const project = tempProject({ 'tilt.config.ts': config })
    const { pty, shows, ended } = terminal(project, ['dev', '--port', '0', '--stream'])
    await shows(/db │ db is up/)
    pty.write('\x03')
    expect(await ended).toBe(130)
  })

  it('shows what is wrong with the config beside the rows of the last good one', async () => {
    const project = tempProject({ 'tilt.config.ts': config })
    const { shows } = terminal(project, ['dev', '--port', '0'])
    await shows(/● db +ready/)
    project.write('tilt.config.ts', `${config}localResource('x', { cmd: 'true', resourceDeps: ['bd'] })\n`)
    await shows(/config\/unknown-resource/)
    await shows(/tilt\.config\.ts:4:/)
  })

  it('API-61: shows the token in the URL of a session that others reach, and in no other', async () => {
    const project = tempProject({ 'tilt.config.ts': config })
    const url = /http:\/\/\S+?\/\?token=[\w-]{36}/
    const open = terminal(project, ['dev', '--port', '0', '--host', '0.0.0.0'])
    await open.shows(/● db +ready/)
    const [found = ''] = url.exec(open.text()) ?? []
    const entered = await fetch(found, { redirect: 'manual' })
    expect(entered.status).toBe(303)
    expect(entered.headers.get('set-cookie')).toContain('Tilt-Token=')
    open.pty.write('q')
    await open.ended
    const closed = terminal(project, ['dev', '--port', '0'])
    await closed.shows(/● db +ready/)
    expect(closed.text()).not.toContain('token=')
  })

  it('EXIT-01: leaves no process when its terminal is closed', async () => {
    const project = tempProject({ 'tilt.config.ts': config })
    const { pty, shows } = terminal(project, ['dev', '--port', '0'])
    await shows(/● db +ready/)
    expect(processesMatching(project.folder).length).toBeGreaterThan(0)
    pty.kill('SIGHUP')
    await until('all are gone', () => processesMatching(project.folder).length === 0, 10_000)
  })
})

/** Stands in for the desktop: keeps the address that it is asked to show. */
const browser = '#!/bin/sh\necho "$1" >> "$OPENED"\n'

describe('keys of the terminal', () => {
  it('CLI-25, CLI-26: dev shows the live view, whose space bar opens the page of the session and b an endpoint', async () => {
    const project = tempProject({
      'bin/xdg-open': browser,
      'tilt.config.ts': `import { link, localResource } from 'tiltts'\nlocalResource('db', { serveCmd: 'echo db is up; sleep 300', links: [link('http://localhost:1/db')] })\n`,
    })
    chmodSync(project.path('bin/xdg-open'), 0o755)
    const opened = project.path('opened')
    const env = { OPENED: opened, PATH: `${project.path('bin')}:${process.env['PATH']}` }
    const { pty, shows, ended } = terminal(project, ['dev', '--port', '0', '--legacy'], env)
    await shows(/● db +ready/)
    const lines = (): readonly string[] => (existsSync(opened) ? readFileSync(opened, 'utf8').trim().split('\n') : [])
    pty.write(' ')
    await until('the page is opened', () => /^http:\/\/localhost:\d+/.test(lines()[0] ?? ''))
    pty.write('j')
    pty.write('b')
    await until('the endpoint is opened', () => lines()[1] === 'http://localhost:1/db')
    pty.write('q')
    expect(await ended).toBe(0)
  })

  it('CLI-24: dev offers to write a config where there is none, and runs it', async () => {
    const project = tempProject({})
    const { pty, shows } = terminal(project, ['dev', '--port', '0', '--stream'])
    await shows(/There is no tilt\.config\.ts here\. .*\(y\/n\)/)
    pty.write('x')
    pty.write('y')
    await shows(/Wrote .*tilt\.config\.ts[\s\S]*hello │ Hello from tiltts/)
    expect(existsSync(project.path('tilt.config.ts'))).toBe(true)
  })

  it('CLI-24: Ctrl-C at that question leaves with 0 and writes nothing; no goes on and waits for the file', async () => {
    const project = tempProject({})
    const left = terminal(project, ['dev', '--port', '0', '--stream'])
    await left.shows(/\(y\/n\)/)
    left.pty.write('\x03')
    expect(await left.ended).toBe(0)
    expect(existsSync(project.path('tilt.config.ts'))).toBe(false)
    const waits = terminal(project, ['dev', '--port', '0', '--stream'])
    await waits.shows(/\(y\/n\)/)
    waits.pty.write('n')
    await waits.shows(/config\/no-config/)
    project.write('tilt.config.ts', config)
    await waits.shows(/db │ db is up/)
  })

  it('CLI-84: any key ends the view of a snapshot', async () => {
    const project = tempProject({ 's.json': '{"view": {"uiResources": []}}' })
    const { pty, shows, ended } = terminal(project, ['snapshot', 'view', 's.json', '--no-open'])
    await shows(/Press any key/)
    pty.write('x')
    expect(await ended).toBe(0)
  })
})
