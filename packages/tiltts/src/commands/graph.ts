import type { ResourceGraph } from '@tiltts/spec'
import type { Command, Invocation } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { askSession, jsonFlag } from '../sessions/ask.js'
import { sessionFlags } from '../sessions/connect.js'

export const command: Command = {
  usage: '',
  summary: 'show which resource needs which, and where each stands',
  flags: {
    ...sessionFlags,
    blockers: { type: 'boolean', help: 'only what waits for other resources, and what is waited for' },
    mermaid: { type: 'boolean', help: 'print it for Mermaid' },
    dot: { type: 'boolean', help: 'print it for Graphviz' },
    ...jsonFlag,
  },
  async run(invocation) {
    const formats = ['mermaid', 'dot', 'json'].filter((name) => invocation.flags[name] === true)
    if (formats.length > 1) throw new UsageError(`--${formats.join(' and --')} do not go together`)
    if (invocation.words.length > 0) throw new UsageError('graph takes no words')
    return askSession(invocation, {
      ask: (client) => client.graph({ blockers: invocation.flags['blockers'] === true }),
      show: (graph) => render(invocation, graph),
    })
  },
}

async function render({ flags }: Invocation, graph: ResourceGraph): Promise<string> {
  const { graphDot, graphMermaid, graphText } = await import('../terminal/graph-text.js')
  if (flags['mermaid'] === true) return graphMermaid(graph)
  return flags['dot'] === true ? graphDot(graph) : graphText(graph)
}
