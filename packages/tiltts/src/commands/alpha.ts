import type { Command } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { clusterFlags, evaluationFlags } from '../engine/invoked-ports.js'
import { sessionFlags } from '../sessions/connect.js'

export const command: Command = {
  usage: 'tree-view | tiltfile-result [-- args…] | shell [resource] [-- command…]',
  summary: 'print the tree of dependencies or what a config declares, or open a shell in a container',
  details:
    'tree-view prints the resources of the session above what they depend on. tiltfile-result evaluates the config and prints JSON as Tilt does; exit code 5 when something is wrong with it (the form for new programs is that of tiltts config --json). shell opens a shell in the container of a resource, in the cluster or of compose; without a name, of the only one that has a container.',
  flags: {
    ...sessionFlags,
    ...evaluationFlags,
    ...clusterFlags,
    blockers: { type: 'boolean', help: 'tree-view: only what is not ready' },
    dedupe: { type: 'boolean', help: 'tree-view: show what stands under a resource the first time only' },
    container: { type: 'string', short: 'c', value: '<name>', help: 'shell: of the pod (default: the first)' },
  },
  async run(invocation) {
    const [word, ...words] = invocation.words
    const given = { ...invocation, words }
    switch (word) {
      case 'tree-view': {
        if (words.length > 0) throw new UsageError(`unexpected argument: ${words.join(' ')}`)
        return (await import('../alpha/tree-view.js')).printTreeView(given)
      }
      case 'tiltfile-result':
        return (await import('../alpha/tiltfile-result.js')).printTiltfileResult(given)
      case 'shell':
        return (await import('../alpha/shell.js')).openShell(given)
      default:
        throw new UsageError('alpha takes tree-view, tiltfile-result or shell')
    }
  },
}
