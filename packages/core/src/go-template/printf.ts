import { goText } from '../jsonpath/go-text.js'
import { isMap, typeName, type Value } from './values.js'

interface Verb {
  readonly flags: string
  readonly width: number | undefined
  readonly precision: number | undefined
  readonly letter: string
}

/** Text made as Go's `fmt.Sprintf` does; what does not fit is shown in the text, as it is there. */
export function sprintf(format: string, values: readonly Value[]): string {
  let used = 0
  const text = format.replace(
    /%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?(.?)/gsu,
    (whole: string, flags: string, width: string | undefined, precision: string | undefined, letter: string) => {
      if (letter === '') return '%!(NOVERB)'
      if (letter === '%') return '%'
      const number = (given: string | undefined): number | undefined =>
        given === undefined ? undefined : given === '*' ? Number(values[used++]) : Number(given)
      const wide = number(width)
      const exact = whole.includes('.') ? (number(precision) ?? 0) : undefined
      if (used >= values.length) return `%!${letter}(MISSING)`
      const value = values[used++]
      return padded({ flags, width: wide, precision: exact, letter }, value)
    },
  )
  if (used >= values.length) return text
  const extra = values.slice(used).map((value) => (value == null ? '<nil>' : `${typeName(value)}=${goText(value)}`))
  return `${text}%!(EXTRA ${extra.join(', ')})`
}

function padded(verb: Verb, value: Value): string {
  const text = formatted(verb, value)
  const { flags, width = 0 } = verb
  const missing = Math.max(0, width - [...text].length)
  if (flags.includes('-')) return text + ' '.repeat(missing)
  if (!flags.includes('0')) return ' '.repeat(missing) + text
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  return sign + '0'.repeat(missing) + rest
}

function formatted(verb: Verb, value: Value): string {
  const { letter, precision } = verb
  if (letter === 'T') return typeName(value)
  if (letter === 'v') return typeof value === 'number' ? float(verb, value) : signed(verb, goText(value), value)
  if (Array.isArray(value)) return `[${value.map((each) => formatted(verb, each)).join(' ')}]`
  if (isMap(value)) {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `map[${fields.map(([key, each]) => `${formatted(verb, key)}:${formatted(verb, each)}`).join(' ')}]`
  }
  if (typeof value === 'string') {
    const cut = precision === undefined ? value : [...value].slice(0, precision).join('')
    if (letter === 's') return cut
    if (letter === 'q') return JSON.stringify(cut)
    if (letter === 'x' || letter === 'X') return cased(letter, hexOf(cut))
  }
  if (typeof value === 'bigint') {
    const base = bases[letter]
    if (base !== undefined) return signed(verb, cased(letter, value.toString(base)), value)
    if (letter === 'c') return String.fromCodePoint(Number(value))
    if (letter === 'q') return `'${String.fromCodePoint(Number(value))}'`
  }
  if (typeof value === 'number' && /[eEfFgG]/.test(letter)) return float(verb, value)
  if (typeof value === 'boolean' && letter === 't') return String(value)
  return value == null ? `%!${letter}(<nil>)` : `%!${letter}(${typeName(value)}=${goText(value)})`
}

const bases: Readonly<Record<string, number>> = { d: 10, b: 2, o: 8, x: 16, X: 16 }

const cased = (letter: string, text: string): string => (letter === 'X' ? text.toUpperCase() : text)

const hexOf = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

function signed({ flags }: Verb, text: string, value: Value): string {
  return flags.includes('+') && typeof value === 'bigint' && value >= 0n ? `+${text}` : text
}

function float({ letter, precision, flags }: Verb, value: number): string {
  const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2')
  const text = ((): string => {
    if (letter === 'f' || letter === 'F') return value.toFixed(precision ?? 6)
    if (letter === 'e' || letter === 'E') return exponent(value.toExponential(precision ?? 6))
    if (precision === undefined) return goText(value)
    const short = Number(value.toPrecision(precision || 1))
    const size = Math.floor(Math.log10(Math.abs(short) || 1))
    return size < -4 || size >= (precision || 1) ? exponent(short.toExponential()) : String(short)
  })()
  const upper = letter === 'E' || letter === 'G' ? text.toUpperCase() : text
  return flags.includes('+') && value >= 0 ? `+${upper}` : upper
}
