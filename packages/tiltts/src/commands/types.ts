import { dirname } from 'node:path'
import { type Command, exitCode } from '../cli/command.js'
import { evaluateOnce } from '../engine/evaluate-once.js'
import { evaluationFlags } from '../engine/invoked-ports.js'
import { writeNames } from '../names/write-names.js'

export const command: Command = {
  usage: '[-- args…]',
  summary: 'write the names of all resources for the compiler',
  details:
    'Writes .tiltts/names.d.ts beside the config: with it, the compiler checks names of resources given as text.\nNames of earlier runs are kept, since other arguments may declare other resources.',
  flags: { ...evaluationFlags, reset: { type: 'boolean', help: 'forget names of earlier runs' } },
  async run(invocation) {
    const { mainPath, linked } = await evaluateOnce(invocation)
    if (linked === undefined) return exitCode.usage
    const names = linked.resources.map((resource) => resource.name)
    await writeNames(dirname(mainPath), names, { reset: invocation.flags['reset'] === true })
    return exitCode.ok
  },
}
