import { GoTemplateError, goTemplate } from '@tiltts/core/go-template'
import { UsageError } from '../../cli/usage-error.js'
import { ReadFailure } from '../failures.js'
import type { Printer } from './printer.js'

/** Prints what a template of Go makes of objects. Throws a UsageError for what is no template. */
export function goTemplatePrinter(template: string, options: { readonly allowMissing: boolean }): Printer {
  const understood = parsed(template, options)
  return {
    print(what) {
      try {
        return understood.print(what)
      } catch (error) {
        if (!(error instanceof GoTemplateError)) throw error
        throw new ReadFailure(`error executing template ${JSON.stringify(template)}: ${error.message}`)
      }
    },
  }
}

function parsed(template: string, options: { readonly allowMissing: boolean }): ReturnType<typeof goTemplate> {
  try {
    return goTemplate(template, options)
  } catch (error) {
    if (!(error instanceof GoTemplateError)) throw error
    throw new UsageError(`error parsing template ${template}, ${error.message}`)
  }
}
