import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { typeCheck } from './type-check.js'
import { writeNames } from './write-names.js'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** A project of a user, with tiltts installed. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tiltts-editor-')))
  folders.push(folder)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(here('../..'), join(folder, 'node_modules/tiltts'))
  for (const [name, text] of Object.entries({ 'tsconfig.json': '{ "extends": "tiltts/tsconfig.json" }', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const config = `
import { readFileSync } from 'node:fs'
import { exec, include, localResource, probe } from 'tiltts'
import { port } from './lib/ports.ts'
import { host } from './lib/host.js'
import settings from './settings.json'

const { stdout } = await exec('git rev-parse HEAD')
const { web } = await include(() => import('./services/web/tilt.config.ts'))
localResource('api', {
  serveCmd: ['./api', stdout, readFileSync('./VERSION', 'utf8'), settings.mode],
  serveEnv: process.env,
  readinessProbe: probe.http({ port, host }),
  resourceDeps: web,
})
console.log(import.meta.url, import.meta.dirname)
`
const files = {
  'tilt.config.ts': config,
  'lib/ports.ts': 'export const port: number = 8080\n',
  'lib/host.ts': `export const host: string = 'localhost'\n`,
  'settings.json': '{ "mode": "dev" }',
  'services/web/tilt.config.ts': `import { localResource } from 'tiltts'\nexport const web = localResource('web', { cmd: 'true' })\n`,
}

describe('a config in an editor', { timeout: 60_000 }, () => {
  it.each([
    ['with "type": "module"', { 'package.json': '{ "type": "module" }' }],
    ['with a package.json that says nothing', { 'package.json': '{}' }],
    ['without a package.json', {}],
  ])('type-checks as it is, %s', (_, more) => {
    expect(typeCheck(project({ ...files, ...more }))).toEqual([])
  })

  it('shows what is wrong, with strict types', () => {
    const folder = project({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('a', { comand: 'true' })\nlocalResource('b', { cmd: (x) => x.nothing })\n`,
    })
    expect(typeCheck(folder)).toEqual([
      expect.stringMatching(/^tilt\.config\.ts:2 TS2353 .*'comand' does not exist in type 'LocalResourceOptions'/),
      expect.stringMatching(/^tilt\.config\.ts:3 TS2339 Property 'nothing' does not exist on type 'StepContext'/),
    ])
  })

  it('checks names given as text against those that were seen, and takes any before', async () => {
    const folder = project({
      'tilt.config.ts': `
import { after, arg, defineArgs, localResource, resource, setEnabledResources } from 'tiltts'
const cfg = defineArgs({ only: arg.resources() })
localResource('web', { cmd: 'true', resourceDeps: ['api', after('db'), resource('anything')] })
setEnabledResources(cfg.only)
setEnabledResources(['apii'])
localResource('new', { cmd: 'true', resourceDeps: 'apii' })
`,
    })
    expect(typeCheck(folder)).toEqual([])
    await writeNames(folder, ['api', 'db'], { reset: false })
    expect(typeCheck(folder)).toEqual([
      expect.stringMatching(
        /^tilt\.config\.ts:6 TS2820 Type '"apii"' is not assignable to type .*Did you mean '"api"'\?/,
      ),
      expect.stringMatching(/^tilt\.config\.ts:7 TS2820 /),
    ])
  })

  it('leaves lists of names that only run time knows to run time', async () => {
    const folder = project({
      'tilt.config.ts': `
import { arg, defineArgs, setEnabledResources } from 'tiltts'
const profiles = { minimal: ['api'], full: ['api', 'web'] }
const cfg = defineArgs({ profile: arg.choice(profiles, { default: 'minimal' }), only: arg.resources({ default: profiles.full }) })
setEnabledResources(profiles[cfg.profile])
setEnabledResources(['api', false])
setEnabledResources(['apii', false])
defineArgs({ more: arg.resources({ default: ['apii'] }) })
`,
    })
    await writeNames(folder, ['api', 'web'], { reset: false })
    expect(typeCheck(folder)).toEqual([
      expect.stringMatching(/^tilt\.config\.ts:7 /),
      expect.stringMatching(/^tilt\.config\.ts:8 /),
    ])
  })
})

describe('the examples', { timeout: 60_000 }, () => {
  it('the patterns, and what must and must not compile beside them, hold against the real types', () => {
    expect(typeCheck(here('../../../../examples/patterns'))).toEqual([])
  })

  it('their configs type-check', () => {
    const examples = here('../../../../examples')
    const configs = readdirSync(examples)
      .map((name) => join(examples, name, 'tilt.config.ts'))
      .filter((path) => existsSync(path))
    const tsconfig = JSON.stringify({ extends: 'tiltts/tsconfig.json', include: configs })
    expect(typeCheck(project({ 'tsconfig.json': tsconfig }))).toEqual([])
    expect(configs.length).toBeGreaterThan(10)
  })
})
