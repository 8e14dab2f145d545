import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltHost, buildHost } from './testing/build-host.js'
import { type RealEvaluation, type RealHost, realHost } from './testing/real-host.js'

let built: BuiltHost
let real: RealHost
beforeAll(async () => {
  built = await buildHost()
})
afterAll(() => built.remove())
afterEach(() => real.close())

const names = ({ result }: RealEvaluation): readonly string[] =>
  result.graph?.resources.map(({ name }) => name) ?? result.diagnostics.map(({ message }) => message)
const readsOf = ({ result }: RealEvaluation): readonly string[] =>
  result.reads.map(({ path }) => path.replace(`${real.folder}/`, ''))

const typescript = `import { localResource } from 'tiltts'
enum Kind { Web = 'web' }
const later = await new Promise<string>((resolve) => setTimeout(resolve, 1, 'later'))
localResource(Kind.Web, { cmd: later satisfies string })
`

describe('loading a config', () => {
  it.each([
    ['no package.json at all', {}],
    ['a package.json without a type', { 'package.json': '{"name":"x"}' }],
    ['"type": "module"', { 'package.json': '{"name":"x","type":"module"}' }],
    ['"type": "commonjs"', { 'package.json': '{"name":"x","type":"commonjs"}' }],
  ])('runs TypeScript with top-level await where there is %s', async (_where, files) => {
    real = await realHost(built)
    await real.write({ 'tilt.config.ts': typescript, ...files })
    const evaluation = await real.evaluate()
    expect(names(evaluation)).toEqual(['web'])
    expect(evaluation.result.graph?.resources[0]?.place).toMatchObject({
      file: real.path('tilt.config.ts'),
      line: 4,
      column: 1,
      excerpt: { firstLine: 2 },
    })
  })

  it.each([
    ['tilt.config.ts', typescript],
    ['tilt.config.mts', typescript],
    ['tilt.config.js', "import { localResource } from 'tiltts'\nlocalResource(await 'web', { cmd: 'x' })\n"],
    ['tilt.config.mjs', "import { localResource } from 'tiltts'\nlocalResource(await 'web', { cmd: 'x' })\n"],
  ])('runs %s', async (name, text) => {
    real = await realHost(built)
    await real.write({ [name]: text })
    expect(names(await real.evaluate({ mainPath: real.path(name) }))).toEqual(['web'])
  })

  it('PATH-03: finds modules by .ts, .js, no extension, folder, JSON and alias, and names each as read', async () => {
    real = await realHost(built)
    await real.write({
      'tilt.config.ts': `import { localResource } from 'tiltts'
import { a } from './lib/a.ts'
import { b } from './lib/b.js'
import { c } from './lib/c'
import { d } from './lib/folder'
import e from './lib/e.json'
import { f } from '@lib/f'
import { g } from './lib/g.mjs'
import { h } from './lib/h.cjs'
import { i } from './lib/i.cts'
import j from './lib/j'
import k from './lib/k.cts'
for (const name of [a, b, c, d, e.name, f, g, h, i, j.name, k.name]) localResource(name, { cmd: 'x' })
`,
      'lib/a.ts': "export const a: string = 'a'",
      'lib/b.ts': "export const b: string = 'b'",
      'lib/c.ts': "export const c: string = 'c'",
      'lib/folder/index.ts': "export const d: string = 'd'",
      'lib/e.json': '{ "name": "e" }',
      'lib/f.ts': "export const f: string = 'f'",
      'lib/g.mjs': "export const g = 'g'",
      'lib/h.cjs': "const { h } = require('./h2.cjs'); exports.h = h",
      'lib/h2.cjs': "exports.h = 'h'",
      'lib/i.cts': "export const i: string = 'i'",
      'lib/j.ts': "const { k } = require('./k2'); module.exports = { name: 'j' as string }",
      'lib/k.cts': "import k2 = require('./k2')\nexport = { name: k2.k as string }",
      'lib/k2.ts': "export const k: string = 'k'",
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
    })
    const evaluation = await real.evaluate()
    expect(names(evaluation)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'])
    expect(readsOf(evaluation)).toEqual(
      expect.arrayContaining([
        'tilt.config.ts',
        ...[
          'a.ts',
          'b.ts',
          'c.ts',
          'folder/index.ts',
          'e.json',
          'f.ts',
          'g.mjs',
          'h.cjs',
          'h2.cjs',
          'i.cts',
          'j.ts',
          'k.cts',
          'k2.ts',
        ].map((n) => `lib/${n}`),
        'tsconfig.json',
      ]),
    )
  })

  it('PATH-04: runs each file once, however often it is imported', async () => {
    real = await realHost(built)
    await real.write({
      'tilt.config.ts':
        "import './a'\nimport './b'\nimport { localResource } from 'tiltts'\nlocalResource('x', { cmd: 'x' })\n",
      'a.ts': "import './once'",
      'b.ts': "import './once.js'",
      'once.ts': "console.log('once')",
    })
    expect((await real.evaluate()).printed).toBe('once\n')
  })

  it('takes packages of the workspace by their sources, and names these as read', async () => {
    real = await realHost(built)
    await real.write({
      'app/tilt.config.ts':
        "import { name } from 'shared'\nimport { localResource } from 'tiltts'\nlocalResource(name, { cmd: 'x' })\n",
      'shared/package.json': '{ "name": "shared", "exports": "./src/index.ts" }',
      'shared/src/index.ts': "import { part } from './part'\nexport const name = 'from-' + part\n",
      'shared/src/part.ts': "export const part: string = 'shared'\n",
      'app/node_modules/.keep': '',
    })
    await symlink(real.path('shared'), real.path('app/node_modules/shared'), 'dir')
    const evaluation = await real.evaluate({ mainPath: real.path('app/tilt.config.ts') })
    expect(names(evaluation)).toEqual(['from-shared'])
    expect(readsOf(evaluation)).toEqual(expect.arrayContaining(['shared/src/index.ts', 'shared/src/part.ts']))
  })

  it('takes CommonJS and ES packages from node_modules, and does not watch them', async () => {
    real = await realHost(built)
    await real.write({
      'tilt.config.ts':
        "import old from 'old'\nimport { name } from 'new'\nimport { localResource } from 'tiltts'\nfor (const n of [old.name, name]) localResource(n, { cmd: 'x' })\n",
      'node_modules/old/index.js': "exports.name = require('./part').name",
      'node_modules/old/part.js': "exports.name = 'old'",
      'node_modules/new/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/new/index.js': "export const name = 'new'",
    })
    const evaluation = await real.evaluate()
    expect(names(evaluation)).toEqual(['old', 'new'])
    expect(readsOf(evaluation).filter((path) => path.includes('node_modules'))).toEqual([])
  })

  it('PATH-05: gives modules their own places, and the process the arguments', async () => {
    real = await realHost(built)
    await real.write({
      'tilt.config.ts': `import { session } from 'tiltts'
console.log(import.meta.url, import.meta.dirname, import.meta.filename)
console.log(__dirname, __filename, typeof require)
console.log(process.argv.slice(1).join(' '), process.cwd(), session.command, session.mainDir, session.mainPath)
`,
    })
    const { printed } = await real.evaluate({ args: ['--fast', 'web'], command: 'ci' })
    const main = real.path('tilt.config.ts')
    expect(printed).toBe(
      `file://${main} ${real.folder} ${main}\n${real.folder} ${main} function\n${main} --fast web ${real.folder} ci ${real.folder} ${main}\n`,
    )
  })

  it('calls what the config exports as default', async () => {
    real = await realHost(built)
    await real.write({
      'tilt.config.ts':
        "import { defineConfig, localResource } from 'tiltts'\nexport default defineConfig(async ({ session }) => {\n  await null\n  localResource(session.command, { cmd: 'x' })\n})\n",
    })
    expect(names(await real.evaluate())).toEqual(['dev'])
  })

  it('understands decorators as tsconfig.json says', async () => {
    real = await realHost(built)
    await real.write({
      'tilt.config.ts':
        "import { localResource } from 'tiltts'\nimport { Service } from './service'\nlocalResource(new Service().name, { cmd: 'x' })\n",
      'service.ts': `function named(target: object, key: string) { Object.defineProperty(target, key, { get: () => 'legacy', set() {} }) }
export class Service {
  @named
  name!: string
}
`,
      'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true, "useDefineForClassFields": false } }',
    })
    expect(names(await real.evaluate())).toEqual(['legacy'])
  })
})

describe('who provides tiltts', () => {
  it('lends the running copy to a project that has none, and says so once', async () => {
    real = await realHost(built, { installed: false })
    await real.write({ 'tilt.config.ts': typescript })
    const first = await real.evaluate()
    expect(names(first)).toEqual(['web'])
    expect(first.printed).toContain('npm install --save-dev tiltts')
    expect((await real.evaluate()).printed).toBe('')
  })

  it("uses the project's own copy where there is one, and both report to the same place", async () => {
    real = await realHost(built, { installed: false })
    await real.write({
      'tilt.config.ts': "import { localResource, own } from 'tiltts'\nlocalResource(own, { cmd: 'x' })\n",
      'node_modules/tiltts/package.json': '{ "name": "tiltts", "type": "module", "exports": "./index.js" }',
      'node_modules/tiltts/index.js': `export * from ${JSON.stringify(join(built.cliPackageDir, 'index.js'))}\nexport const own = 'own-copy'\n`,
    })
    const evaluation = await real.evaluate()
    expect(names(evaluation)).toEqual(['own-copy'])
    expect(evaluation.printed).toBe('')
  })

  it('says what is missing when an import names what tiltts does not have', async () => {
    real = await realHost(built)
    await real.write({ 'tilt.config.ts': "import { localResource } from 'tiltts'\nimport 'tiltts/nothing'\n" })
    expect((await real.evaluate()).complaints).toEqual(['config/import-failed tilt.config.ts:2:8'])
  })
})
