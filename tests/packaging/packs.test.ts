import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../support/temp-project.js'

const config = `import { localResource, probe } from 'tiltts'
const version: string = await Promise.resolve('v1')
const db = localResource('db', { cmd: ['echo', 'db is', version] })
localResource('api', { serveCmd: ['node', '-e', 'console.log("api listens"); setInterval(() => {}, 1000)'], readinessProbe: probe.log(/api listens/), resourceDeps: [db] })
`

let base = ''
let packs: readonly string[] = []
const env = (): NodeJS.ProcessEnv => ({
  ...process.env,
  TILT_DEV_DIR: join(base, 'dev'),
  XDG_STATE_HOME: join(base, 'state'),
  NO_COLOR: '1',
})

/** Runs \`tiltts ci\` in a folder, and expects that both resources came up. */
function expectCi(folder: string, command: readonly string[]): void {
  const [file = '', ...args] = command
  const { status, stdout, stderr } = spawnSync(file, [...args, 'ci', '--port', '0'], {
    cwd: folder,
    env: env(),
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect({ status, stderr, stdout }).toMatchObject({ status: 0 })
  expect(stdout).toContain('db is v1')
  expect(stdout).toContain('api listens')
}

function folderWith(path: string, files: Readonly<Record<string, string>>): string {
  const folder = join(base, path)
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const install = (folder: string): unknown =>
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packs], {
    cwd: folder,
    stdio: 'pipe',
    timeout: 120_000,
  })

describe('the packed packages, installed with npm outside the repository', () => {
  beforeAll(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'tiltts-packs-')))
    execFileSync(process.execPath, [join(root, 'scripts/pack-all.mjs')], { stdio: 'pipe', timeout: 280_000 })
    const out = join(root, 'out/packs')
    packs = readdirSync(out).map((name) => join(out, name))
    install(folderWith('typed', { 'package.json': '{ "type": "module" }', 'tilt.config.ts': config }))
  }, 300_000)
  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it('run `npx tiltts ci` in a folder that is a module', () => {
    expectCi(join(base, 'typed'), ['npx', '--no-install', 'tiltts'])
  })

  it('type-check the config by the tsconfig they ship', () => {
    const folder = join(base, 'typed')
    writeFileSync(
      join(folder, 'tsconfig.json'),
      '{ "extends": "tiltts/tsconfig.json", "include": ["tilt.config.ts", ".tiltts"] }',
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    expect(spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stdout: '',
    })
    writeFileSync(join(folder, 'tilt.config.ts'), `${config}localResource('x', { comand: 'true' })\n`)
    const wrong = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    writeFileSync(join(folder, 'tilt.config.ts'), config)
    expect(wrong.stdout).toMatch(/tilt\.config\.ts\(5,\d+\): error TS2\d+: .*comand/)
  })

  it('run in a folder whose package.json names no type', () => {
    const folder = folderWith('untyped', { 'package.json': '{}', 'tilt.config.ts': config })
    install(folder)
    expectCi(folder, ['npx', '--no-install', 'tiltts'])
  })

  it('run in a folder with no package.json at all, installed one level up', () => {
    const folder = folderWith('untyped/go-service', {
      'tilt.config.ts': config,
      'go.mod': 'module example.com/service\n',
    })
    expectCi(folder, ['npx', '--no-install', 'tiltts'])
  })

  it('run with nothing installed near the config, as npx runs them from its cache', () => {
    const folder = folderWith('nothing', { 'tilt.config.ts': config, 'requirements.txt': '' })
    expectCi(folder, [join(base, 'typed/node_modules/.bin/tiltts')])
  })
})
