import { resolve } from 'node:path'
import type { Command } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { askSession, jsonFlag } from '../sessions/ask.js'
import { sessionFlags } from '../sessions/connect.js'

export const command: Command = {
  usage: '<path>',
  summary: 'say what an edit of a file would do',
  details:
    'Which resources watch it, which rule ignores it and where that stands, where a live update brings it, whether the\nconfig is evaluated again, and what would happen now. The file need not exist.',
  flags: { ...sessionFlags, ...jsonFlag },
  async run(invocation) {
    const [path, ...others] = invocation.words
    if (path === undefined || others.length > 0)
      throw new UsageError('explain-file takes one path', 'For example: tiltts explain-file src/a.ts')
    return askSession(invocation, {
      ask: (client) => client.explainFile(resolve(path)),
      show: async (answer) => (await import('../terminal/explain-file-text.js')).explainFileText(answer),
    })
  },
}
