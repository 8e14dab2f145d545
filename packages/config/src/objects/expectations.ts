import type { Expectation } from '../call/expect.js'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const record: Expectation = { expected: 'an object', fits: isObject }

export const records: Expectation = {
  expected: 'a list of objects',
  fits: (value) => Array.isArray(value) && value.every(isObject),
}

/** What a button asks for. */
export const inputList: Expectation = {
  expected: 'a list of inputs, as textInput and its like make them',
  fits: (value) => records.fits(value) && (value as readonly { readonly name?: unknown }[]).every(hasName),
}

function hasName({ name }: { readonly name?: unknown }): boolean {
  return typeof name === 'string'
}
