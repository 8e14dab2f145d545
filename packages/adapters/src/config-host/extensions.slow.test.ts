import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltHost, buildHost } from './testing/build-host.js'
import { type RealHost, realHost } from './testing/real-host.js'

let built: BuiltHost
let real: RealHost
beforeAll(async () => {
  built = await buildHost()
})
afterAll(() => built.remove())
afterEach(() => real.close())

/** Installs the extensions beside a package as they ship: with builders of their own copy of the config package. */
async function installExtensions(packageDir: string): Promise<void> {
  const folder = join(packageDir, 'node_modules/@tiltts/extensions')
  const manifest = {
    name: '@tiltts/extensions',
    type: 'module',
    exports: { './restart-process': './restart-process.js' },
  }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await build({
    entryPoints: [fileURLToPath(new URL('../../../extensions/src/restart-process/index.ts', import.meta.url))],
    outfile: join(folder, 'restart-process.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@tiltts/source'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
}

const declare = (options: string): string => `import { sync } from 'tiltts'
import { dockerBuildWithRestart } from '@tiltts/extensions/restart-process'

dockerBuildWithRestart('shop/api', '.', { dockerfileContents: 'FROM a', entrypoint: 'x', ${options} })
`

describe('a builder of an extension', () => {
  it('declares with the place of the call in the config, also between two copies of the builders', async () => {
    real = await realHost(built)
    await installExtensions(real.folder)
    await real.write({ 'tilt.config.ts': declare("liveUpdate: [sync('./src', '/app')]") })
    const { result, complaints } = await real.evaluate()
    expect(complaints).toEqual([])
    expect(result.graph?.images).toMatchObject([
      {
        ref: 'shop/api',
        place: { file: real.path('tilt.config.ts'), line: 4, column: 1 },
        liveUpdate: { restart: { what: 'process' }, place: { line: 4, column: 1 } },
      },
    ])
  })

  it('complains at the place of the call in the config', async () => {
    real = await realHost(built)
    await installExtensions(real.folder)
    await real.write({ 'tilt.config.ts': declare('liveUpdate: []') })
    expect((await real.evaluate()).complaints).toEqual(['config/failed tilt.config.ts:4:1'])
  })
})

describe('the extensions', () => {
  it('are those of the running command line where the project has only tiltts, without a word about it', async () => {
    await installExtensions(built.cliPackageDir)
    real = await realHost(built)
    await real.write({ 'tilt.config.ts': declare("liveUpdate: [sync('./src', '/app')]") })
    const { result, complaints, printed } = await real.evaluate()
    expect(complaints).toEqual([])
    expect(result.graph?.images).toMatchObject([{ place: { file: real.path('tilt.config.ts'), line: 4 } }])
    expect(printed).toBe('')
  })
})

describe('a function that builds an image', () => {
  it('CB-01: is told the reference to make, and its result comes back', async () => {
    real = await realHost(built)
    await real.write({
      'tilt.config.ts': `import { customBuild } from 'tiltts'
customBuild('shop/api', async ({ expectedRef, exec }) => {
  const { stdout } = await exec(['echo', 'from', expectedRef])
  return stdout.trim().replace('from ', 'localhost:5000/')
}, { deps: '.' })
customBuild('shop/web', ({ exec, expectedRef }) => exec(['echo', expectedRef]), { deps: '.' })
`,
    })
    const { result, functions } = await real.evaluate()
    const call = (ref: string): Promise<unknown> => {
      const image = result.graph?.images.find((node) => node.ref === ref)
      const command = image?.build === 'custom' ? image.command : undefined
      const fnId = command !== undefined && 'fn' in command ? command.fn.$fn : ''
      const env = { PATH: process.env['PATH'] ?? '', EXPECTED_REF: `${ref}:tilt-build-1` }
      const context = { resource: 'api', env, dir: real.folder, inputs: {}, changedFiles: [] }
      return functions.call({ fnId, context, timeoutMs: 0, onLog: () => undefined }, new AbortController().signal)
    }
    expect(await call('shop/api')).toBe('localhost:5000/shop/api:tilt-build-1')
    expect(await call('shop/web')).toBeUndefined()
    await functions.release()
  })
})
