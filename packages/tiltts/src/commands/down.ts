import { runDown } from '@tiltts/runtime'
import { type Command, exitCode, type Invocation } from '../cli/command.js'
import { sessionEnv } from '../engine/compose.js'
import { clusterFlags, evaluationFlags, portsFor } from '../engine/invoked-ports.js'
import { onSignals } from '../engine/signals.js'
import { hasColour } from '../terminal/colour.js'
import { showDiagnostics } from '../terminal/show-error.js'

export const command: Command = {
  usage: '[names…] [-- args…]',
  summary: 'take down what the config has put up',
  details:
    "Evaluates the config with session.command 'down', runs `onDown` of its resources, those that need others first, deletes what they have in the cluster, and takes its compose projects down.",
  flags: {
    ...evaluationFlags,
    ...clusterFlags,
    'delete-namespaces': { type: 'boolean', help: 'delete namespaces of the cluster, too' },
    'delete-volumes': { type: 'boolean', help: 'remove the named volumes of compose projects, too' },
  },
  run,
}

async function run(invocation: Invocation): Promise<number> {
  const { mainPath, ports, close } = portsFor(invocation)
  const controller = new AbortController()
  const release = onSignals(() => controller.abort())
  try {
    const result = await runDown({
      ports,
      options: {
        mainPath,
        args: [...invocation.words, ...invocation.rest],
        env: sessionEnv(undefined),
        colour: hasColour(process.stdout),
        deleteNamespaces: invocation.flags['delete-namespaces'] === true,
        deleteVolumes: invocation.flags['delete-volumes'] === true,
      },
      signal: controller.signal,
      onOutput: (text) => process.stdout.write(text),
    })
    showDiagnostics(result.diagnostics)
    for (const { resource, message } of result.errors) process.stderr.write(`Error: ${resource}: ${message}\n`)
    if (controller.signal.aborted) return exitCode.interrupted
    if (result.diagnostics.some((diagnostic) => diagnostic.severity === 'error')) return exitCode.usage
    return result.errors.length > 0 ? exitCode.failed : exitCode.ok
  } finally {
    release()
    await close()
  }
}
