/** A value as Go's `%v` writes it: `[a b]`, `map[key:value]`, `<nil>`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'number') return goNumber(value)
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  return `map[${sortedEntries(value)
    .map(([key, each]) => `${key}:${goText(each)}`)
    .join(' ')}]`
}

/** A value as Go writes JSON: keys in order, and what HTML would take for its own escaped. */
export function goJson(value: unknown, indent = ''): string {
  return json(value, indent, '\n')
}

function json(value: unknown, indent: string, line: string): string {
  if (typeof value !== 'object' || value === null)
    return (JSON.stringify(value) ?? 'null').replace(/[<>&\u2028\u2029]/g, escaped)
  const inner = line + indent
  const block = (open: string, parts: readonly string[], close: string): string => {
    if (parts.length === 0) return open + close
    return indent === '' ? open + parts.join(',') + close : open + inner + parts.join(`,${inner}`) + line + close
  }
  if (Array.isArray(value))
    return block(
      '[',
      value.map((each) => json(each, indent, inner)),
      ']',
    )
  const colon = indent === '' ? ':' : ': '
  const fields = sortedEntries(value).map(([key, each]) => json(key, '', '') + colon + json(each, indent, inner))
  return block('{', fields, '}')
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The fields of an object in the order in which Go writes them. */
export function sortedEntries(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** As JavaScript does, but tiny ones have an exponent earlier, of two digits at least. */
function goNumber(value: number): string {
  const text = value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential() : String(value)
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}
