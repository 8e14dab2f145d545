import { describe, expect, it } from 'vitest'
import { isModuleSource, SourceErrors, transformSource } from './transform.js'

const isModule = (file: string, source: string, typeModule = false): boolean =>
  isModuleSource(file, source, { typeModule: () => typeModule })

describe('which sources run as ES modules', () => {
  it.each([
    ['a.ts', 'await 1', true],
    ['a.ts', "import x from 'x'", true],
    ['a.ts', "import x = require('x')\nexport = x", false],
    ['a.ts', "const x = require('x'); module.exports = x", false],
    ['a.ts', "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)", true],
    ['a.cts', 'export const x = 1', true],
    ['a.cts', 'module.exports = 1', false],
    ['a.mts', 'module.exports = 1', true],
    ['a.js', 'module.exports = 1', false],
    ['a.js', 'export const x = 1', true],
    ['a.js', "const x = await import('x')", false],
    ['a.json', '{}', false],
  ])('%s with %s: %s', (file, source, expected) => {
    expect(isModule(file, source)).toBe(expected)
  })

  it('asks package.json about JavaScript that could be both', () => {
    expect(isModule('a.js', "const x = await import('x')", true)).toBe(true)
  })
})

describe('turning a source into what runs', () => {
  it('tells all errors of a file with their places, counted from 1', async () => {
    const failed = transformSource('/a.ts', 'let x = 1\nlet x = 2\nfoo(\n', 'module')
    const error = await failed.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(SourceErrors)
    expect((error as SourceErrors).errors[0]).toMatchObject({ line: expect.any(Number), column: expect.any(Number) })
  })

  it('gives modules the names of CommonJS that they use and do not declare', async () => {
    const uses = await transformSource('/a.ts', "console.log(__dirname, require('x'))", 'module')
    expect(uses).toContain('const __dirname = import.meta.dirname')
    expect(uses).toContain('createRequire')
    const declares = await transformSource('/a.ts', "const __dirname = '/x'\nconsole.log(__dirname)", 'module')
    expect(declares).not.toContain('import.meta.dirname')
  })
})
