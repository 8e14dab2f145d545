// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like this
import { describe, expect, it } from 'vitest'
import { expandVariables } from './expand-variables.js'

const values = new Map([
  ['A', 'one'],
  ['EMPTY', ''],
  ['B', 'two'],
])
const expand = (text: string, escapeChar?: string) => expandVariables(text, (name) => values.get(name), escapeChar)

describe('expandVariables', () => {
  it.each([
    ['node:$A', 'node:one'],
    ['$A-$B', 'one-two'],
    ['${A}${B}', 'onetwo'],
    ['$NONE', ''],
    ['${NONE:-x}', 'x'],
    ['${EMPTY:-x}', 'x'],
    ['${EMPTY-x}', ''],
    ['${NONE-x}', 'x'],
    ['${A:-x}', 'one'],
    ['${A:+x}', 'x'],
    ['${EMPTY:+x}', ''],
    ['${EMPTY+x}', 'x'],
    ['${NONE:-${B}:${NONE:-z}}/end', 'two:z/end'],
    ['${A:?needed}', 'one'],
    ['"node:$A"', 'node:one'],
    ["'$A'", '$A'],
    ['\\$A', '$A'],
    ['$', '$'],
    ['$1', '$1'],
    ['${A', 'one'],
  ])('%s is %s', (text, expanded) => {
    expect(expand(text)).toBe(expanded)
  })

  it('heeds another escape character', () => {
    expect(expand('`$A\\', '`')).toBe('$A\\')
  })
})
