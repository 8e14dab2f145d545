import { transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { statementsOf } from './statements.js'
import { tokenize } from './tokens.js'

const printed = async (source: string): Promise<string> =>
  (await transform(source, { loader: 'ts', format: 'esm', charset: 'utf8', target: 'node20' })).code

/** First line of each statement. */
const split = async (source: string): Promise<readonly string[]> =>
  statementsOf(await printed(source)).map(({ text }) => text.split('\n')[0] ?? '')

describe('taking a module apart', () => {
  it('gives each statement of the top level, however many lines it has', async () => {
    expect(
      await split(`
import { a } from 'a'
const one = 1, two = 2
async function three() {
  return one
}
if (one) three()
else a()
class Four { five = 5 }
a({
  six: () => {
    three()
  },
})
export { one }`),
    ).toEqual([
      'import { a } from "a";',
      'const one = 1, two = 2;',
      'async function three() {',
      'if (one) three();',
      'class Four {',
      'a({',
      'export {',
    ])
  })

  it('is not led astray by what stands in texts', async () => {
    const statements = await split(`
const text = \`
const inner = \${\`
nested \${1 + 1}
\`}
}\`
const pattern = /[/"'\`]\\/{/g
const ratio = text.length / 2 / 3
const quotes = "'" + '"' + '\\\\'
last()`)
    expect(statements).toEqual([
      'const text = `',
      expect.stringContaining('const pattern'),
      'const ratio = text.length / 2 / 3;',
      expect.stringContaining('const quotes'),
      'last();',
    ])
  })

  it('knows which names a statement declares and imports', async () => {
    const [first, second, third, fourth, fifth] = statementsOf(
      await printed(`import def, { x as y, z } from './m'
import * as all from './n'
const { p, q: [r], ...s } = def(y, z, all), t = 1
export function u() {}
let v`),
    )
    expect(first?.imports).toEqual([
      { local: 'y', imported: 'x', specifier: './m' },
      { local: 'z', imported: 'z', specifier: './m' },
      { local: 'def', imported: 'default', specifier: './m' },
    ])
    expect(second?.imports).toEqual([{ local: 'all', imported: '*', specifier: './n' }])
    for (const name of ['p', 'r', 's', 't']) expect(third?.declares.has(name)).toBe(true)
    expect(third?.declares.has('y')).toBe(false)
    expect([...(fourth?.declares ?? [])]).toEqual(['u'])
    expect([...(fifth?.declares ?? [])]).toEqual(['v'])
  })

  it('takes apart a config that is one function', async () => {
    expect(
      await split(`
export default defineConfig(async ({ session }) => {
  const port = 1
  localResource('a', {
    cmd: () => port,
  })
})`),
    ).toEqual([
      expect.stringContaining('defineConfig(async ({ session }) => {'),
      'const port = 1;',
      'localResource("a", {',
      '});',
      'export {',
    ])
  })

  it('takes a text that it does not understand as one statement', () => {
    expect(statementsOf('const a = (\nconst b = 1')).toHaveLength(1)
    expect(tokenize('a ( ]')).toBeUndefined()
  })
})
