/** What a variable holds; `undefined` when it is not set. */
export type Variables = (name: string) => string | undefined

/**
 * Puts variables into a word as the builder does: `$X`, `${X}`, `${X:-word}`, `${X-word}`, `${X:+word}`, `${X+word}`, where
 * `word` may hold variables too. Quotes are taken off, single ones keep what is in them. What is not set is empty.
 * @param escapeChar The escape character of the Dockerfile.
 */
export function expandVariables(text: string, variables: Variables, escapeChar = '\\'): string {
  return expand({ text, at: 0, variables, escapeChar }, undefined)
}

interface Reader {
  readonly text: string
  at: number
  readonly variables: Variables
  readonly escapeChar: string
}

/** Reads up to a character, or to the end. */
function expand(reader: Reader, until: string | undefined): string {
  let out = ''
  while (reader.at < reader.text.length) {
    const char = reader.text.charAt(reader.at)
    if (char === until) return out
    reader.at++
    if (char === reader.escapeChar) out += reader.text.charAt(reader.at++)
    else if (char === "'") out += quoted(reader)
    else if (char === '$') out += variable(reader)
    else if (char !== '"') out += char
  }
  return out
}

function quoted(reader: Reader): string {
  const end = reader.text.indexOf("'", reader.at)
  const inside = reader.text.slice(reader.at, end < 0 ? undefined : end)
  reader.at += inside.length + 1
  return inside
}

function variable(reader: Reader): string {
  const braced = reader.text.charAt(reader.at) === '{'
  if (braced) reader.at++
  const name = /^[A-Za-z_]\w*/.exec(reader.text.slice(reader.at))?.[0]
  if (name === undefined) return braced ? '${' : '$'
  reader.at += name.length
  const value = reader.variables(name)
  if (!braced) return value ?? ''
  const [operator] = /^:?[-+?]/.exec(reader.text.slice(reader.at)) ?? ['']
  reader.at += operator.length
  const word = expand(reader, '}')
  reader.at++
  const given = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined
  if (operator.endsWith('-')) return given ? (value ?? '') : word
  if (operator.endsWith('+')) return given ? word : ''
  return value ?? ''
}
