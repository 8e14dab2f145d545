import { readFileSync } from 'node:fs'
import { goJson, sortedEntries } from '@tiltts/core/jsonpath'
import { UsageError } from '../../cli/usage-error.js'
import { qualifiedKind } from '../kinds.js'
import type { WireObject } from '../objects.js'
import type { Output } from '../output.js'

/** A list of objects of any kinds, as kubectl makes it of what it got. */
export interface PrintedList {
  readonly apiVersion: 'v1'
  readonly kind: 'List'
  readonly metadata: { readonly resourceVersion: '' }
  readonly items: readonly WireObject[]
}

export interface WatchedObject {
  readonly type: string
  readonly object: WireObject
}

/** Makes text of objects, one after the other. */
export interface Printer {
  print(what: WireObject | PrintedList | WatchedObject): string
}

interface PrinterOptions {
  readonly headers: boolean
  readonly allowMissing: boolean
}

/** The printer of an output other than a table. What only some need is loaded for these. Throws a UsageError. */
export async function createPrinter({ form, argument }: Output, options: PrinterOptions): Promise<Printer> {
  switch (form) {
    case 'json':
      return { print: (what) => `${goJson(what, '    ')}\n` }
    case 'ndjson':
      return { print: (what) => (isList(what) ? what.items : [what]).map((each) => `${goJson(each)}\n`).join('') }
    case 'name':
      return {
        print: (what) =>
          itemsOf(what)
            .map((each) => `${nameOf(each)}\n`)
            .join(''),
      }
    case 'jsonpath':
    case 'jsonpath-as-json':
      return (await import('./json-path-printer.js')).jsonPathPrinter(argument, form === 'jsonpath-as-json', options)
    case 'jsonpath-file':
      return (await import('./json-path-printer.js')).jsonPathPrinter(textOf(argument), false, options)
    case 'go-template':
      return (await import('./go-template-printer.js')).goTemplatePrinter(argument, options)
    case 'go-template-file':
      return (await import('./go-template-printer.js')).goTemplatePrinter(textOf(argument), options)
    case 'custom-columns':
      return (await import('./custom-columns.js')).columnsPrinter(argument, options)
    case 'custom-columns-file':
      return (await import('./custom-columns.js')).columnsFilePrinter(textOf(argument), options)
    case 'yaml':
      return (await import('./yaml-printer.js')).yamlPrinter()
    case 'kyaml':
      return (await import('./kyaml-printer.js')).kyamlPrinter()
    default:
      throw new UsageError(`-o ${form} is for tables`)
  }
}

/** Objects of any kinds as one list. */
export function listOf(items: readonly WireObject[]): PrintedList {
  return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items }
}

/** The objects in what is printed. */
export function itemsOf(what: WireObject | PrintedList | WatchedObject): readonly WireObject[] {
  if (isList(what)) return what.items
  return [isWatched(what) ? what.object : what]
}

function isList(what: object): what is PrintedList {
  return (what as { kind?: string }).kind === 'List' && 'items' in what
}

function isWatched(what: object): what is WatchedObject {
  return 'type' in what && 'object' in what && !('kind' in what)
}

/** `uiresource.tilt.dev/api`. */
export function nameOf({ kind, metadata }: WireObject): string {
  return `${qualifiedKind({ kind: kind as Parameters<typeof qualifiedKind>[0]['kind'] })}/${metadata.name}`
}

/** A value with the keys of all objects in it in order. */
export function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(sortedEntries(value).map(([key, each]) => [key, ordered(each)]))
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`error reading ${file}: ${(error as Error).message}`)
  }
}
