import type { Invocation } from '../cli/command.js'
import { textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'

/** In which form objects are printed. */
export interface Output {
  readonly form: OutputForm
  /** What stands behind `=`: a template, columns or a file. */
  readonly argument: string
}

export type OutputForm = (typeof forms)[number] | 'table'

const forms = [
  'wide',
  'json',
  'ndjson',
  'yaml',
  'kyaml',
  'name',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'go-template',
  'go-template-file',
  'custom-columns',
  'custom-columns-file',
] as const

const withArgument: ReadonlySet<OutputForm> = new Set([
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'go-template',
  'go-template-file',
  'custom-columns',
  'custom-columns-file',
])

/** Other names that kubectl has for forms. */
const otherNames: Readonly<Record<string, OutputForm>> = { template: 'go-template', templatefile: 'go-template-file' }

/** What `-o`, `--ndjson` and `--template` ask for. Throws a UsageError. */
export function readOutput(invocation: Invocation): Output {
  const text = shortValue(textFlag(invocation, 'output'))
  if (invocation.flags['ndjson'] === true) {
    if (text !== undefined && text !== 'ndjson' && text !== 'json')
      throw new UsageError(`--ndjson and -o ${text} are two forms of output`)
    return { form: 'ndjson', argument: '' }
  }
  if (text === undefined || text === '') {
    const template = textFlag(invocation, 'template') ?? ''
    return template === '' ? { form: 'table', argument: '' } : { form: 'go-template', argument: template }
  }
  const equals = text.indexOf('=')
  const word = equals < 0 ? text : text.slice(0, equals)
  const argument = equals < 0 ? (textFlag(invocation, 'template') ?? '') : text.slice(equals + 1)
  const form = otherNames[word] ?? forms.find((each) => each === word)
  if (form === undefined)
    throw new UsageError(
      `unable to match a printer suitable for the output format "${word}"`,
      `There are: ${forms.join(', ')}`,
    )
  if (withArgument.has(form) && argument === '')
    throw new UsageError(`-o ${form} needs something behind it`, `For example: -o ${examples[form] ?? form}`)
  return { form, argument }
}

const examples: Partial<Record<OutputForm, string>> = {
  jsonpath: "jsonpath='{.items[*].metadata.name}'",
  'jsonpath-as-json': "jsonpath-as-json='{.items[*].metadata.name}'",
  'jsonpath-file': 'jsonpath-file=template.txt',
  'go-template': `go-template='{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}'`,
  'go-template-file': 'go-template-file=template.txt',
  'custom-columns': 'custom-columns=NAME:.metadata.name,UPDATE:.status.updateStatus',
  'custom-columns-file': 'custom-columns-file=columns.txt',
}

/** The value of a flag that was given as `-o=json`: Node's parser leaves the sign in it. */
export function shortValue(text: string | undefined): string | undefined {
  return text?.replace(/^=/, '')
}
