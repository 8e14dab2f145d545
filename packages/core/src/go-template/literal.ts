import { quoted, scan } from '../jsonpath/scanner.js'
import type { Token } from './lex.js'

/** The value of a constant: a whole number is a bigint, as Go tells it from what has a point. `undefined`: it is none. */
export function literalOf({ type, text }: Token): string | number | bigint | undefined {
  if (type === 'raw') return text.slice(1, -1)
  if (type === 'string') return unquoted(text)
  if (type === 'char') {
    const [code, ...more] = [...(unquoted(text) ?? '')].map((character) => character.codePointAt(0) ?? 0)
    return code === undefined || more.length > 0 ? undefined : BigInt(code)
  }
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/.exec(text.replaceAll('_', '')) ?? []
  if (/^(\d+|0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/.test(digits)) {
    const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
    return sign === '-' ? -value : value
  }
  const value = Number(sign + digits)
  return Number.isNaN(value) ? undefined : value
}

function unquoted(text: string): string | undefined {
  const scanner = scan(text)
  scanner.skip(1)
  try {
    return quoted(scanner, text.charAt(0))
  } catch {
    // An escape that Go has not.
    return undefined
  }
}
