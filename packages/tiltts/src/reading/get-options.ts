import type { Flags, Invocation } from '../cli/command.js'
import { listFlag, textFlag } from '../cli/parse.js'
import type { Selection } from './objects.js'
import { type Output, readOutput, shortValue } from './output.js'
import type { TableOptions } from './table.js'
import { readTargets, type Targets } from './targets.js'

/** What `get` was asked for. */
export interface GetOptions extends Targets {
  readonly selection: Selection
  readonly output: Output
  readonly table: Omit<TableOptions, 'wide' | 'showKind'>
  readonly showKind: boolean
  readonly showManagedFields: boolean
  readonly ignoreNotFound: boolean
  readonly allowMissing: boolean
  readonly sortBy: string | undefined
  /** `only`: without what there is at the beginning. */
  readonly watch: 'no' | 'all' | 'only'
}

/** Flags that choose objects. */
export const selectorFlags: Flags = {
  selector: {
    type: 'string',
    short: 'l',
    value: '<selector>',
    help: 'only those with these labels: app=web,tier!=db,team in (a,b)',
  },
}

/** Flags that say how objects are printed. */
export const outputFlags: Flags = {
  output: {
    type: 'string',
    short: 'o',
    value: '<form>',
    help: 'json, ndjson, yaml, kyaml, name, wide, jsonpath=…, jsonpath-as-json=…, jsonpath-file=…, go-template=…, go-template-file=…, custom-columns=…, custom-columns-file=…',
  },
  ndjson: { type: 'boolean', help: 'one JSON object a line: the same as -o ndjson' },
  template: {
    type: 'string',
    value: '<template>',
    help: 'the template, where -o jsonpath or go-template has none; alone: of Go',
  },
  'allow-missing-template-keys': {
    type: 'boolean',
    help: 'a field that is not there is no error in a template (default; =false: it is)',
  },
  'show-managed-fields': { type: 'boolean', help: 'keep managedFields in JSON and YAML' },
  'no-headers': { type: 'boolean', help: 'no head above columns' },
  'sort-by': { type: 'string', value: '<path>', help: 'in the order of a field: .metadata.creationTimestamp' },
}

export const getFlags: Flags = {
  ...selectorFlags,
  'field-selector': {
    type: 'string',
    value: '<selector>',
    help: 'only those with these fields: status.updateStatus=error',
  },
  ...outputFlags,
  'label-columns': {
    type: 'string',
    short: 'L',
    multiple: true,
    value: '<labels>',
    help: 'a column for each of these labels',
  },
  'show-labels': { type: 'boolean', help: 'a last column with all labels' },
  'show-kind': { type: 'boolean', help: 'names with their kind before them' },
  'ignore-not-found': { type: 'boolean', help: 'a name that is not there is no error' },
  watch: { type: 'boolean', short: 'w', help: 'then each change, until the session ends' },
  'watch-only': { type: 'boolean', help: 'each change, without what there is now' },
  'output-watch-events': {
    type: 'boolean',
    help: 'say with each object of a watch what happened: ADDED, MODIFIED or DELETED',
  },
}

/** Reads the command line of `get`. Throws a UsageError. */
export function readGetOptions(invocation: Invocation): GetOptions {
  const { flags } = invocation
  const selection = readSelection(invocation)
  return {
    ...readTargets([...invocation.words, ...invocation.rest], { selected: isSelecting(selection) }),
    selection,
    output: readOutput(invocation),
    table: {
      headers: flags['no-headers'] !== true,
      showLabels: flags['show-labels'] === true,
      labelColumns: listFlag(invocation, 'label-columns').map((label) => label.replace(/^=/, '')),
      events: flags['output-watch-events'] === true,
    },
    showKind: flags['show-kind'] === true,
    showManagedFields: flags['show-managed-fields'] === true,
    ignoreNotFound: flags['ignore-not-found'] === true,
    allowMissing: flags['allow-missing-template-keys'] !== false,
    sortBy: textFlag(invocation, 'sort-by'),
    watch: flags['watch-only'] === true ? 'only' : flags['watch'] === true ? 'all' : 'no',
  }
}

/** What `-l` and `--field-selector` ask for. */
export function readSelection(invocation: Invocation): Selection {
  const given = (name: string): string | undefined => shortValue(textFlag(invocation, name)) || undefined
  return { labels: given('selector'), fields: given('field-selector') }
}

export const isSelecting = ({ labels, fields }: Selection): boolean => labels !== undefined || fields !== undefined
