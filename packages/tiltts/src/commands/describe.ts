import type { Command } from '../cli/command.js'
import { fileFlags } from '../objects/file-flags.js'
import { describeAll } from '../reading/describe.js'
import { endWithReader } from '../reading/end-with-reader.js'
import { reporting } from '../reading/failures.js'
import { fileTargets } from '../reading/file-targets.js'
import { isSelecting, readSelection, selectorFlags } from '../reading/get-options.js'
import { readOutput } from '../reading/output.js'
import { readTargets } from '../reading/targets.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '<type> [name or its beginning…] | <type>/<name>…',
  summary: 'show all that objects say, for people',
  flags: {
    ...sessionFlags,
    ...selectorFlags,
    ...fileFlags,
    output: {
      type: 'string',
      short: 'o',
      value: '<form>',
      help: 'for programs instead: json, ndjson, yaml, name, jsonpath=…',
    },
  },
  async run(invocation) {
    const selection = readSelection(invocation)
    const words = [...invocation.words, ...invocation.rest]
    const targets = (await fileTargets(invocation)) ?? readTargets(words, { selected: isSelecting(selection) })
    const options = { ...targets, selection, output: readOutput(invocation) }
    endWithReader()
    return withSession(invocation, (client) => reporting(() => describeAll(client, options)))
  },
}
