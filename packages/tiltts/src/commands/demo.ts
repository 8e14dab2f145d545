import type { Command } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { command as dev } from './dev.js'

export const command: Command = {
  usage: '',
  summary: 'try tiltts with a project of its own',
  details:
    'Writes a small project to a new folder, two services in containers and a check, and runs it as tiltts dev does; for that it needs Docker with compose, and no cluster. At the end its containers, images and folder are removed. With --repo or --file another project is run so, in the cluster that is there.',
  flags: {
    ...dev.flags,
    repo: {
      type: 'string',
      short: 'r',
      value: '<url>',
      help: 'clone this repository of git, and run the config in it',
    },
    'no-cluster': { type: 'boolean', help: 'nothing: a demo makes no cluster' },
    teardown: { type: 'boolean', help: 'remove what demos that were killed have left, and run none' },
  },
  async run(invocation) {
    const words = [...invocation.words, ...invocation.rest]
    if (words.length > 0) throw new UsageError(`unexpected argument: ${words.join(' ')}`)
    const { runDemo, tearDown } = await import('../demo/run-demo.js')
    return invocation.flags['teardown'] === true ? tearDown() : runDemo(invocation)
  },
}
