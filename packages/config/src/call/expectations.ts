import { parseDuration } from '../duration.js'
import { kindOf } from '../handle.js'
import type { Falsy } from '../values.js'
import type { Expectation } from './expect.js'

const isText = (value: unknown): value is string => typeof value === 'string'
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Left out of lists. An empty text counts too: `ci && name`. */
export const isFalsy = (value: unknown): value is Falsy | '' =>
  value === false || value === null || value === undefined || value === ''

export const text: Expectation = { expected: 'a string', fits: isText }

export const flag: Expectation = { expected: 'true or false', fits: (value) => typeof value === 'boolean' }

export const argv: Expectation = {
  expected: 'a list of strings',
  fits: (value) => Array.isArray(value) && value.every(isText),
}

export const durationText: Expectation = {
  expected: "a duration such as '500ms', '5s' or '1m30s'",
  fits: (value) => parseDuration(value) !== undefined,
}

export const positiveInteger: Expectation = {
  expected: 'a whole number of at least 1',
  fits: (value) => Number.isInteger(value) && Number(value) >= 1,
}

export const oneOf = (...values: readonly string[]): Expectation => ({
  expected: values.map((value) => `'${value}'`).join(' or '),
  fits: (value) => isText(value) && values.includes(value),
})

export const image: Expectation = {
  expected: 'an image, as dockerBuild and customBuild return it',
  fits: (value) => kindOf(value) === 'image',
}

/** One, or a list that may hold falsy entries. */
export const oneOrMany = (one: Expectation, expectedMany: string): Expectation => ({
  expected: `${one.expected} or ${expectedMany}`,
  fits: (value) => (Array.isArray(value) ? value.every((entry) => isFalsy(entry) || one.fits(entry)) : one.fits(value)),
})

/** In .dockerignore syntax. */
const pattern: Expectation = {
  expected: 'a pattern without a line break',
  fits: (value) => isText(value) && !/[\r\n]/.test(value),
}

export const patterns: Expectation = oneOrMany(pattern, 'a list of them')

export const texts: Expectation = oneOrMany(text, 'a list of strings')

export const environment: Expectation = {
  expected: 'an object of names and values, none of the names empty',
  fits: (value) =>
    isObject(value) &&
    Object.entries(value).every(
      ([name, entry]) =>
        name !== '' && !name.includes('=') && ['string', 'number', 'boolean', 'undefined'].includes(typeof entry),
    ),
}

export const textRecord: Expectation = {
  expected: 'an object whose values are strings',
  fits: (value) => isObject(value) && Object.values(value).every(isText),
}
