import type { KindInfo } from '@tiltts/spec'
import type { Flag, Invocation } from '../cli/command.js'
import { choiceFlag } from '../cli/parse.js'
import type { ApiDocument } from './api-document.js'
import { qualifiedName } from './kind-name.js'

const outputs = ['json', 'yaml', 'name'] as const
export type Output = (typeof outputs)[number]

export const outputFlag: Flag = {
  type: 'string',
  short: 'o',
  value: '<form>',
  help: 'print the object instead of a message: json, yaml, name',
}

/** The form that `-o` asks for. Throws a UsageError. */
export function outputOf(invocation: Invocation): Output | undefined {
  return choiceFlag(invocation, 'output', outputs)
}

/** Says what became of an object: `cmd.tilt.dev/x created`, or the object itself. */
export async function printWritten(
  info: KindInfo,
  document: ApiDocument,
  verb: string,
  output: Output | undefined,
): Promise<void> {
  const name = qualifiedName(info, document.metadata.name ?? '')
  if (output === undefined) process.stdout.write(`${name} ${verb}\n`)
  else if (output === 'name') process.stdout.write(`${name}\n`)
  else if (output === 'json') process.stdout.write(`${JSON.stringify(document, null, 4)}\n`)
  else process.stdout.write((await import('./yaml.js')).stringify(document))
}
