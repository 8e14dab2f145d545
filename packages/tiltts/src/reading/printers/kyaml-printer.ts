import { sortedEntries } from '@tiltts/core/jsonpath'
import type { Printer } from './printer.js'

/** Prints YAML that no parser misreads: braces and brackets, every text in quotes, a comma behind everything. */
export function kyamlPrinter(): Printer {
  return { print: (what) => `---\n${text(what, '')}\n` }
}

function text(value: unknown, indent: string): string {
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    if (value.every((each) => typeof each === 'object' && each !== null && !Array.isArray(each)))
      return `[${value.map((each) => text(each, indent)).join(', ')}]`
    return `[\n${value.map((each) => `${inner}${text(each, inner)},\n`).join('')}${indent}]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = sortedEntries(value)
  if (fields.length === 0) return '{}'
  return `{\n${fields.map(([key, each]) => `${inner}${keyText(key)}: ${text(each, inner)},\n`).join('')}${indent}}`
}

const misread = /^(y|n|yes|no|on|off|true|false|null)$/i

function keyText(key: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(key) && !misread.test(key) ? key : JSON.stringify(key)
}
