import { type Command, exitCode } from '../cli/command.js'
import { evaluateOnce, evaluationFlags } from '../engine/evaluate-once.js'

export const command: Command = {
  usage: '[-- args…]',
  summary: 'evaluate the config and show what is wrong with it',
  flags: evaluationFlags,
  async run(invocation) {
    const { graph } = await evaluateOnce(invocation)
    if (graph === undefined) return exitCode.usage
    const { length } = graph.resources
    process.stdout.write(`The config is fine: ${length} ${length === 1 ? 'resource' : 'resources'}\n`)
    return exitCode.ok
  },
}
