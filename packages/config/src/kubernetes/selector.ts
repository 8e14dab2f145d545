import type { ManifestSelector } from '@tiltts/spec'
import type { Call } from '../call/call.js'
import { describe, type Expectation } from '../call/expect.js'
import { text } from '../call/expectations.js'

/** A regular expression, found anywhere, without regard to case. */
export const patternText: Expectation = {
  expected: 'a regular expression, as a text or a RegExp',
  fits: (value) => text.fits(value) || value instanceof RegExp,
}

/** The text of a regular expression; one that cannot be read is recorded as an error. */
export function patternOf(call: Call, subject: string, given: string | RegExp | undefined): string | undefined {
  if (given === undefined) return undefined
  if (given instanceof RegExp) return given.source
  try {
    new RegExp(given, 'i')
    return given
  } catch (error) {
    call.error(
      'config/invalid-option',
      `${subject}: ${describe(given)} is no regular expression: ${(error as Error).message.split(': ').at(-1)}`,
      'A character that stands for itself is written with a \\ before it: \\*',
    )
    return undefined
  }
}

const fields = ['name', 'namespace', 'kind', 'apiVersion'] as const

/** What an object must match, as it was given. */
export type GivenSelector = { readonly [Field in (typeof fields)[number]]?: string | RegExp | undefined }

/** Only what was given and is good. An empty text matches everything, so it counts as absent. */
export function selectorOf(call: Call, subject: string, given: GivenSelector): ManifestSelector {
  const entries = fields.map((field) => [field, patternOf(call, `${subject}: \`${field}\``, given[field])] as const)
  return Object.fromEntries(entries.filter(([, pattern]) => pattern !== undefined && pattern !== ''))
}
