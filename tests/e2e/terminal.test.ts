import { stripVTControlCharacters } from 'node:util'
import { type IPty, spawn } from '@lydell/node-pty'
import { describe, expect, it, onTestFinished } from 'vitest'
import { processesMatching, until } from '../support/processes.js'
import { bin, type TempProject, tempProject } from '../support/temp-project.js'

interface Terminal {
  readonly pty: IPty
  /** Everything written so far, without colours and moves. */
  text(): string
  shows(pattern: RegExp, timeoutMs?: number): Promise<void>
  readonly ended: Promise<number>
}

/** `tiltts` on a real pseudo-terminal of 100 × 30. */
function terminal(project: TempProject, args: readonly string[]): Terminal {
  const { NO_COLOR: _noColour, CI: _ci, ...env } = project.env
  const pty = spawn(process.execPath, [bin, ...args], {
    cwd: project.folder,
    env: { ...env, TERM: 'xterm-256color' },
    cols: 100,
    rows: 30,
  })
  let raw = ''
  let done = false
  pty.onData((data) => {
    raw += data
  })
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      done = true
      resolve(exitCode)
    })
  })
  onTestFinished(async () => {
    if (done) return
    pty.kill('SIGKILL')
    await ended
  })
  const text = (): string => stripVTControlCharacters(raw)
  return {
    pty,
    text,
    ended,
    shows: (pattern, timeoutMs = 15_000) => until(`${pattern} in\n${text()}`, () => pattern.test(text()), timeoutMs),
  }
}

const config = `import { localResource } from 'tiltts'
const db = localResource('db', { serveCmd: 'echo db is up; exec sh -c "sleep 300; true $0" $PWD' })
localResource('job', { cmd: 'echo job ran $(date +%N)', resourceDeps: [db], autoInit: false })
`

describe('dev on a terminal', () => {
  it('shows a row a resource, opens a log, triggers, and quits with q', async () => {
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
