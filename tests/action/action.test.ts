import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root, type TempProject, tempProject } from '../support/temp-project.js'

interface Step {
  readonly id?: string
  readonly if?: string
  readonly uses?: string
  readonly run?: string
  readonly shell?: string
  readonly with?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly 'runs-on': string; readonly steps: readonly Step[] }>>
}

const actionText = readFileSync(join(root, 'action/action.yml'), 'utf8')
const action: Action = parse(actionText, { strict: true })
const guide = readFileSync(join(root, 'docs/guide/ci.md'), 'utf8')
const workflowText = /^```yaml title="\.github\/workflows\/[^"]+"\n([\s\S]*?)^```$/m.exec(guide)?.[1] ?? ''
const workflow: Workflow = parse(workflowText, { strict: true })

const scriptOf = (id: string): string => action.runs.steps.find((step) => step.id === id)?.run ?? ''
const bash = (script: string, options: { cwd?: string; env?: NodeJS.ProcessEnv; args?: string[] } = {}) =>
  spawnSync('bash', [...(options.args ?? []), '-c', script], { encoding: 'utf8', cwd: options.cwd, env: options.env })

describe('the action', () => {
  it('declares every input that it uses, and uses every one that it declares', () => {
    const used = [...actionText.matchAll(/\binputs\.([\w-]+)/g)].map(([, name]) => name)
    expect([...new Set(used)].sort()).toEqual(Object.keys(action.inputs).sort())
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(['version', 'args', 'caches']))
  })

  it('refers to steps that come before, by outputs that they write', () => {
    const plan = scriptOf('plan')
    for (const [, id, name] of actionText.matchAll(/\bsteps\.([\w-]+)\.outputs\.(\w+)/g)) {
      expect(id).toBe('plan')
      expect(plan).toContain(`echo "${name}=`)
    }
  })

  it('has scripts that bash can read, into which no input is pasted', () => {
    const scripts = action.runs.steps.filter(({ run }) => run !== undefined)
    expect(scripts.length).toBeGreaterThan(2)
    for (const { run = '', shell } of scripts) {
      expect(shell).toBe('bash')
      expect(run).not.toContain('${{')
      expect(bash(run, { args: ['-n'] })).toMatchObject({ status: 0, stderr: '' })
    }
  })

  it('uploads the reports only of what failed', () => {
    const upload = action.runs.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'))
    expect(upload?.if).toMatch(/^failure\(\)/)
  })
})

describe('the workflow of the guide', () => {
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)

  it('calls the action with inputs that it has', () => {
    const call = steps.find(({ uses }) => /\/action@/.test(uses ?? ''))
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(call?.with ?? {})))
    expect(call?.with?.['args']).toBe('-- --profile ci')
  })

  it('makes a kind cluster first, and has scripts that bash can read', () => {
    const kind = steps.findIndex(({ uses }) => uses?.startsWith('helm/kind-action@'))
    const call = steps.findIndex(({ uses }) => /\/action@/.test(uses ?? ''))
    expect(kind).toBeGreaterThan(-1)
    expect(kind).toBeLessThan(call)
    for (const { run } of steps) if (run !== undefined) expect(bash(run, { args: ['-n'] }).status).toBe(0)
  })
})

/** A project with a stand-in for a command, which notes down its arguments and ends with the code it is given. */
function projectWith(command: string, files: Readonly<Record<string, string>> = {}): TempProject {
  const project = tempProject(files, { bare: true })
  project.write(`bin/${command}`, '#!/bin/sh\nprintf "%s\\n" "$@" >"$CALLED"\nexit $CODE\n')
  chmodSync(project.path(`bin/${command}`), 0o755)
  return project
}

const envOf = (project: TempProject, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${project.path('bin')}:${process.env['PATH']}`,
  CALLED: project.path('called'),
  CODE: '0',
  ...more,
})

describe('the main script of the action', () => {
  const run = (inputs: { args?: string; version?: string; code?: number }) => {
    const project = projectWith('npx')
    const env = envOf(project, {
      OUT: '/out folder',
      TILTTS_ARGS: inputs.args ?? '',
      TILTTS_VERSION: inputs.version ?? '',
      CODE: String(inputs.code ?? 0),
    })
    const { status, stdout } = bash(scriptOf('ci'), { cwd: project.folder, env })
    const called = existsSync(project.path('called')) ? readFileSync(project.path('called'), 'utf8').split('\n') : []
    return { status, stdout, called: called.slice(0, -1) }
  }
  const reports = [
    '--reporter',
    'github,junit=/out folder/junit.xml,json=/out folder/report.json',
    '--log-dir',
    '/out folder/logs',
    '--output-snapshot-on-exit',
    '/out folder/snapshot.json',
  ]

  it('runs the tiltts of the lockfile with all reports, and never downloads another', () =>
    expect(run({})).toEqual({ status: 0, stdout: '', called: ['--no', 'tiltts', 'ci', ...reports] }))

  it('runs the version that is asked for', () =>
    expect(run({ version: '1.2.3' }).called.slice(0, 3)).toEqual(['--yes', 'tiltts@1.2.3', 'ci']))

  it.each([
    ['-- --profile ci', ['--', '--profile', 'ci']],
    [
      '  --timeout 10m\n  -- --name "two words" \'$(touch x)\' * ',
      ['--timeout', '10m', '--', '--name', 'two words', '$(touch x)', '*'],
    ],
    [' \n', []],
  ])('hands on the arguments %j, with quotes taken off and nothing expanded', (args, expected) =>
    expect(run({ args }).called).toEqual(['--no', 'tiltts', 'ci', ...reports, ...expected]),
  )

  it('refuses arguments with a quote that does not end, and runs nothing', () =>
    expect(run({ args: '--name "x' })).toMatchObject({
      status: 2,
      stdout: expect.stringContaining('::error'),
      called: [],
    }))

  it('ends with the exit code of tiltts', () => expect(run({ code: 130 }).status).toBe(130))
})

describe('the first script of the action', () => {
  const plan = (files: Readonly<Record<string, string>>, command: string, folder = '.') => {
    const project = projectWith(command, files)
    mkdirSync(project.path(folder), { recursive: true })
    project.write(`bin/${command}`, '#!/bin/sh\necho /the/store\n')
    const env = envOf(project, {
      GITHUB_WORKSPACE: project.folder,
      GITHUB_OUTPUT: project.path('output'),
      RUNNER_TEMP: project.folder,
      XDG_STATE_HOME: '/state',
    })
    const { status, stderr } = bash(scriptOf('plan'), { cwd: project.path(folder), env })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const lines = readFileSync(project.path('output'), 'utf8').trimEnd().split('\n')
    const { out = '', ...outputs } = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
    expect(existsSync(out)).toBe(true)
    return { ...outputs, root: outputs['root']?.replace(project.folder, '') }
  }

  it('finds the lockfile above the config, and the store of its package manager', () => {
    expect(plan({ 'pnpm-lock.yaml': '' }, 'pnpm', 'apps/shop')).toEqual({
      manager: 'pnpm',
      root: '',
      store: '/the/store',
      state: '/state/tiltts',
    })
    expect(plan({ 'apps/shop/package-lock.json': '' }, 'npm', 'apps/shop')).toMatchObject({
      manager: 'npm',
      root: '/apps/shop',
      store: '/the/store',
    })
  })

  it('goes on without a lockfile', () =>
    expect(plan({}, 'npm', 'apps/shop')).toMatchObject({ manager: 'none', root: '/apps/shop', store: '' }))
})
