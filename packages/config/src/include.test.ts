import { join } from 'node:path'
import type { EvaluationResult } from '@tiltts/spec'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfigProcess, startConfigProcess } from './testing/config-process.js'

let configs: ConfigProcess
beforeAll(() => {
  configs = startConfigProcess()
})
afterAll(() => configs.stop())

const dirs = (result: EvaluationResult): Record<string, string | undefined> =>
  Object.fromEntries((result.graph?.resources ?? []).map((node) => [node.name, node.cmd?.dir]))
const messages = (result: EvaluationResult): readonly string[] => result.diagnostics.map((found) => found.message)
const declare = (name: string): string =>
  `import { localResource } from 'tiltts'\nlocalResource('${name}', { cmd: 'true' })\n`

describe('include', { timeout: 60_000 }, () => {
  it('PATH-01: runs a config with its own folder as base, whichever way it is named', async () => {
    const { folder, result } = await configs.evaluate({
      'tilt.config.ts': `
        import { include, localResource } from 'tiltts'
        await include(() => import('./a/tilt.config.js'))
        await include('./b/tilt.config.ts')
        await include('./c')
        const name = 'd'
        await include(() => import(\`./\${name}/tilt.config.js\`))
        localResource('main', { cmd: 'true' })`,
      'a/tilt.config.ts': declare('a'),
      'b/tilt.config.ts': declare('b'),
      'c/tilt.config.ts': declare('c'),
      'd/tilt.config.ts': declare('d'),
    })
    expect(messages(result)).toEqual([])
    expect(dirs(result)).toEqual({
      a: join(folder, 'a'),
      b: join(folder, 'b'),
      c: join(folder, 'c'),
      d: join(folder, 'd'),
      main: folder,
    })
    expect(result.graph?.env).toEqual({})
  })

  it('PATH-02: a helper works in the folder of the config that calls it, wherever the helper is written', async () => {
    const { folder, result } = await configs.evaluate({
      'tilt.config.ts': `
        import { include } from 'tiltts'
        import { service } from './lib/service.js'
        service('main')
        await include('./a/tilt.config.ts')`,
      'a/tilt.config.ts': `import { service } from '../lib/service.js'\nservice('a')`,
      'lib/service.ts': `
        import { localResource } from 'tiltts'
        export const service = (name: string) => localResource(name, { cmd: 'true', deps: './src' })`,
    })
    expect(messages(result)).toEqual([])
    expect(dirs(result)).toEqual({ main: folder, a: join(folder, 'a') })
    expect(result.graph?.resources.map((node) => node.deps)).toEqual([[join(folder, 'src')], [join(folder, 'a/src')]])
  })

  it('keeps the folder of the main config for what is only imported', async () => {
    const { folder, result } = await configs.evaluate({
      'tilt.config.ts': `import './a/parts.js'`,
      'a/parts.ts': declare('a'),
    })
    expect(dirs(result)).toEqual({ a: folder })
  })

  it('keeps the folder of an included config for what that one imports', async () => {
    const { folder, result } = await configs.evaluate({
      'tilt.config.ts': `import { include } from 'tiltts'\nawait include(() => import('./a/tilt.config.js'))`,
      'a/tilt.config.ts': `import './deeper/parts.js'`,
      'a/deeper/parts.ts': declare('a'),
    })
    expect(dirs(result)).toEqual({ a: join(folder, 'a') })
  })

  it('IGN-02: an image leaves out the included config that declares it, whose folder its paths count from', async () => {
    const { folder, result } = await configs.evaluate({
      'tilt.config.ts': `import { include } from 'tiltts'\nawait include(() => import('./a/tilt.config.js'))`,
      'a/tilt.config.ts': `
        import { dockerBuild, sync } from 'tiltts'
        dockerBuild('a', './web', { dockerfileContents: 'FROM a', liveUpdate: [sync('./web/src', '/app')] })`,
    })
    expect(messages(result)).toEqual([])
    expect(result.graph?.images[0]).toMatchObject({
      context: join(folder, 'a/web'),
      liveUpdate: { syncs: [{ localPath: join(folder, 'a/web/src') }] },
    })
    expect(result.graph?.images[0]?.ignores[0]).toEqual({ basePath: join(folder, 'a'), patterns: ['tilt.config.ts'] })
  })

  it('keeps the folders of parallel includes apart, across awaits', async () => {
    const slow = (name: string, ms: number): string => `
      import { include, localResource } from 'tiltts'
      await new Promise((resolve) => setTimeout(resolve, ${ms}))
      localResource('${name}', { cmd: 'true' })
      await new Promise((resolve) => setTimeout(resolve, ${ms}))
      localResource('${name}2', { cmd: 'true' })`
    const { folder, result } = await configs.evaluate({
      'tilt.config.ts': `
        import { include, localResource } from 'tiltts'
        const both = Promise.all([include('./a/tilt.config.ts'), include(() => import('./b/tilt.config.js'))])
        localResource('main', { cmd: 'true' })
        await both`,
      'a/tilt.config.ts': slow('a', 30),
      'b/tilt.config.ts': slow('b', 10),
    })
    expect(dirs(result)).toEqual({
      main: folder,
      a: join(folder, 'a'),
      a2: join(folder, 'a'),
      b: join(folder, 'b'),
      b2: join(folder, 'b'),
    })
  })

  it('PATH-03: hands over what the file exports', async () => {
    const { result } = await configs.evaluate({
      'tilt.config.ts': `
        import { include, localResource } from 'tiltts'
        const { names } = await include(() => import('./a/tilt.config.js'))
        const { port } = await include<{ port: number }>('./b/tilt.config.ts')
        localResource(names.join('-') + port, { cmd: 'true' })`,
      'a/tilt.config.ts': `export const names = ['x', 'y']`,
      'b/tilt.config.ts': `export const port = 8080`,
    })
    expect(Object.keys(dirs(result))).toEqual(['x-y8080'])
  })

  it('PATH-04: runs a file once, however often it is included, and watches it', async () => {
    const { folder, result } = await configs.evaluate({
      'tilt.config.ts': `
        import { include } from 'tiltts'
        await Promise.all([include('./a/tilt.config.ts'), include(() => import('./a/tilt.config.js')), include('./a')])`,
      'a/tilt.config.ts': `
        import { defineConfig, localResource } from 'tiltts'
        localResource('a', { cmd: 'true' })
        export default defineConfig(() => void localResource('b', { cmd: 'true' }))`,
    })
    expect(messages(result)).toEqual([])
    expect(dirs(result)).toEqual({ a: join(folder, 'a'), b: join(folder, 'a') })
    expect(result.reads).toContainEqual({ path: join(folder, 'a/tilt.config.ts'), kind: 'file' })
  })

  it('PATH-04: reports files that include each other, with the path', async () => {
    const { result } = await configs.evaluate({
      'tilt.config.ts': `import { include } from 'tiltts'\nawait include(() => import('./a.js'))`,
      'a.ts': `import { include } from 'tiltts'\nawait include('./b.ts')`,
      'b.ts': `import { include } from 'tiltts'\nawait include(() => import('./tilt.config.js'))`,
    })
    const [found] = result.diagnostics
    expect(found?.code).toBe('config/circular-include')
    expect(found?.message).toContain('b.ts → tilt.config.ts → a.ts → b.ts')
    expect(found?.places[0]).toMatchObject({ file: expect.stringMatching(/b\.ts$/), line: 2 })
  })

  it('PATH-04: reports a circle that two parallel includes close', async () => {
    const { result } = await configs.evaluate({
      'tilt.config.ts': `
        import { include } from 'tiltts'
        await Promise.all([include('./a.ts'), include('./b.ts')])`,
      'a.ts': `import { include } from 'tiltts'\nawait include('./b.ts')`,
      'b.ts': `import { include } from 'tiltts'\nawait include('./a.ts')`,
    })
    expect(result.diagnostics[0]?.code).toBe('config/circular-include')
    expect(result.graph).toBeUndefined()
  })

  it('a file that includes itself is reported', async () => {
    const { result } = await configs.evaluate({
      'tilt.config.ts': `import { include } from 'tiltts'\nawait include('./tilt.config.ts')`,
    })
    expect(result.diagnostics[0]).toMatchObject({ code: 'config/circular-include' })
  })

  it('a file that is not there is reported at the call, and watched so that making it reloads', async () => {
    const { folder, result } = await configs.evaluate({
      'tilt.config.ts': `\nimport { include } from 'tiltts'\nawait include(() => import('./a/tilt.config.js'))`,
    })
    const [found] = result.diagnostics
    expect(found).toMatchObject({ code: 'config/include-failed', places: [{ line: 3 }] })
    expect(result.reads).toContainEqual({ path: join(folder, 'a/tilt.config.ts'), kind: 'file' })
  })

  it('an error inside an included file keeps the place where it was made', async () => {
    const { result } = await configs.evaluate({
      'tilt.config.ts': `import { include } from 'tiltts'\nawait include('./a.ts')`,
      'a.ts': `import { fail } from 'tiltts'\n\nfail('not today')`,
    })
    expect(result.diagnostics).toMatchObject([
      { code: 'config/failed', message: 'not today', places: [{ file: expect.stringMatching(/a\.ts$/), line: 3 }] },
    ])
  })

  it('an include that nobody awaits is reported, and its file is run to the end all the same', async () => {
    const { result } = await configs.evaluate({
      'tilt.config.ts': `import { include } from 'tiltts'\ninclude('./a.ts')`,
      'a.ts': `
        import { localResource } from 'tiltts'
        await new Promise((resolve) => setTimeout(resolve, 20))
        localResource('a', { comand: 'true' })`,
    })
    const codes = result.diagnostics.map((found) => found.code)
    expect(codes).toEqual(['config/unawaited', 'config/unknown-option', 'config/invalid-option'])
  })
})

describe('from', { timeout: 60_000 }, () => {
  it('binds builders to the folder of a module, whoever imports it', async () => {
    const { folder, result } = await configs.evaluate({
      'tilt.config.ts': `
        import { localResource } from 'tiltts'
        import { service } from './lib/service.js'
        service('bound')
        localResource('main', { cmd: 'true' })`,
      'lib/service.ts': `
        import { from } from 'tiltts'
        const { localResource, readJson } = from(import.meta.url)
        const { flags } = readJson<{ flags: string }>('./settings.json')
        export const service = (name: string) => localResource(name, { cmd: 'run ' + flags, deps: './src' })`,
      'lib/settings.json': '{ "flags": "--fast" }',
    })
    expect(messages(result)).toEqual([])
    const [bound, main] = result.graph?.resources ?? []
    expect(bound).toMatchObject({ cmd: { dir: join(folder, 'lib') }, deps: [join(folder, 'lib/src')] })
    expect(bound?.cmd?.command).toMatchObject({ display: 'run --fast' })
    expect(main?.cmd?.dir).toBe(folder)
    expect(result.reads).toContainEqual({ path: join(folder, 'lib/settings.json'), kind: 'file' })
  })

  it('includes relative to that folder, too, and the included file has its own', async () => {
    const { folder, result } = await configs.evaluate({
      'tilt.config.ts': `import { go } from './lib/go.js'\nawait go()`,
      'lib/go.ts': `import { from } from 'tiltts'\nexport const go = () => from(import.meta.url).include('./x/tilt.config.ts')`,
      'lib/x/tilt.config.ts': declare('x'),
    })
    expect(messages(result)).toEqual([])
    expect(dirs(result)).toEqual({ x: join(folder, 'lib/x') })
  })
})

describe('a config as a function', { timeout: 60_000 }, () => {
  it('PATH-05: is the same thing as a module, and is given session and words', async () => {
    const { folder, result } = await configs.evaluate({
      'tilt.config.ts': `
        import { defineConfig, exec, localResource, session as imported } from 'tiltts'
        export default defineConfig(async ({ session, args }) => {
          const { stdout } = await exec(['echo', 'hi'], { quiet: true })
          localResource(stdout.trim(), {
            cmd: [session.command, session.mainDir, session.mainPath, imported.mainDir, String(args.length)],
          })
        })`,
    })
    const main = join(folder, 'tilt.config.ts')
    expect(result.graph?.resources[0]?.cmd?.command).toMatchObject({ argv: ['dev', folder, main, folder, '0'] })
  })

  it('that is not marked would never be called, and is reported', async () => {
    const { result } = await configs.evaluate({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nexport default () => localResource('a', { cmd: 'true' })`,
    })
    expect(result.diagnostics[0]).toMatchObject({
      code: 'config/invalid-option',
      hint: 'Write: export default defineConfig(…)',
    })
  })
})
