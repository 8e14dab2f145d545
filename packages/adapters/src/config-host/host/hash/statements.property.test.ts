import { transformSync } from 'esbuild'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { statementsOf } from './statements.js'

const text = fc.stringMatching(/^[ -~\n]*$/)
const expression: fc.Arbitrary<string> = fc.letrec<{ expression: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.integer().map(String),
    text.map((value) => JSON.stringify(value)),
    text.map((value) => `\`${value.replace(/[\\`$]/g, '\\$&')}\``),
    text.filter((value) => value !== '').map((value) => `/[${value.replace(/[\\\]/\n^-]/g, '')}x]/.source`),
    fc.constant('name'),
  ),
  expression: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    tie('expression').map((inner) => `\`a\n\${${inner}}\nb\``),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}) / (${b})`),
    tie('expression').map((inner) => `((x) => { return ${inner} })`),
    tie('expression')
      .map((inner) => `{ key: ${inner} }.key`)
      .map((inner) => `(${inner})`),
  ),
})).expression

it('finds each statement that esbuild prints, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.array(expression, { minLength: 1, maxLength: 6 }), (values) => {
      const source = values.map((value, index) => `const v${index} = ${value}`).join('\n')
      const { code } = transformSync(source, { format: 'esm', charset: 'utf8', target: 'node20' })
      const statements = statementsOf(code)
      expect(statements.map(({ text }) => /^const (v\d+)/.exec(text)?.[1])).toEqual(
        values.map((_, index) => `v${index}`),
      )
      expect(statements.map(({ text }) => `${text}\n`).join('')).toBe(code)
    }),
    { numRuns: 30 },
  )
}, 60_000)
