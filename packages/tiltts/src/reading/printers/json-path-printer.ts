import { JsonPathError, jsonPath } from '@tiltts/core/jsonpath'
import { UsageError } from '../../cli/usage-error.js'
import { ReadFailure } from '../failures.js'
import type { Printer } from './printer.js'

/** Prints what a template finds. Throws a UsageError for what is no template. */
export function jsonPathPrinter(
  template: string,
  asJson: boolean,
  options: { readonly allowMissing: boolean },
): Printer {
  const path = understood(template, () => jsonPath(template, options))
  return {
    print(what) {
      try {
        return asJson ? path.printJson(what) : path.print(what)
      } catch (error) {
        if (!(error instanceof JsonPathError)) throw error
        throw new ReadFailure(
          `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${error.message}`,
        )
      }
    },
  }
}

/** Turns what is wrong with a template into a complaint about the command line. */
export function understood<T>(template: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    throw new UsageError(`error parsing jsonpath ${template}, ${error.message}`)
  }
}
