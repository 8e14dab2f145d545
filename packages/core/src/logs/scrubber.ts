import type { SecretSpec } from '@tiltts/spec'
import { createReplacer, type Replacer } from './replacer.js'

/** Shorter values (`1`, `true`, `root`) stand in nearly every line; scrubbing them would destroy the log. */
const minBytes = 5

/** Replaces known secret values in log text. Once known, a value is scrubbed for good. */
export interface Scrubber {
  /** Returns a function that scrubs the values not known before, or nothing when all were known. */
  add(secrets: readonly SecretSpec[]): ((text: string) => string) | undefined
  /** The text must end where no value can be cut in two: at a line end, or at `safeEnd`. */
  scrub(text: string): string
  /** Up to where an unfinished text can be scrubbed by itself, whatever comes after it. */
  safeEnd(text: string): number
}

export function createScrubber(): Scrubber {
  const known = new Map<string, string>()
  let replacer: Replacer | undefined

  return {
    add(secrets) {
      const fresh = new Map<string, string>()
      for (const secret of secrets) {
        const replacement = secret.replacement.replace(/[\r\n]+/g, ' ')
        for (const form of secretForms(secret.value)) {
          if (known.has(form)) continue
          known.set(form, replacement)
          fresh.set(form, replacement)
        }
      }
      if (fresh.size === 0) return undefined
      replacer = createReplacer(known)
      return createReplacer(fresh).replace
    },
    scrub: (text) => replacer?.replace(text) ?? text,
    safeEnd: (text) => replacer?.safeEnd(text) ?? text.length,
  }
}

/** All ways in which a value is likely to show in a line: plain, in base64, inside a JSON string, and line by line. */
function secretForms(value: string): ReadonlySet<string> {
  const forms = new Set<string>()
  if (utf8(value).length < minBytes) return forms
  for (const line of value.split(/\r\n|\r|\n/)) {
    const part = line.trim()
    if (utf8(part).length < minBytes || /^-+(BEGIN|END) [^-]*-+$/.test(part)) continue
    forms.add(part)
    forms.add(JSON.stringify(part).slice(1, -1))
  }
  if (!/[\r\n]/.test(value)) forms.add(value)
  // With and without the final line end that files and `echo` add.
  for (const whole of new Set([value, value.trim(), `${value.trim()}\n`])) {
    const encoded = btoa(Array.from(utf8(whole), (byte) => String.fromCharCode(byte)).join(''))
    const bare = encoded.replace(/=+$/, '')
    for (const form of [encoded, bare, bare.replaceAll('+', '-').replaceAll('/', '_')]) forms.add(form)
  }
  return forms
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
