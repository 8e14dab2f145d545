import { pruneOnce } from '@tiltts/runtime'
import { isTiltError } from '@tiltts/spec'
import { type Command, exitCode, type Invocation } from '../cli/command.js'
import { sessionEnv } from '../engine/compose.js'
import { evaluationFlags, portsFor } from '../engine/invoked-ports.js'
import { onSignals } from '../engine/signals.js'
import { showDiagnostics } from '../terminal/show-error.js'

export const command: Command = {
  usage: '[-- args…]',
  summary: 'remove what earlier builds left in Docker',
  details: 'Removes old images, stopped containers and build cache of the images that the config builds.',
  flags: evaluationFlags,
  run,
}

async function run(invocation: Invocation): Promise<number> {
  const { mainPath, ports, close } = portsFor(invocation)
  const controller = new AbortController()
  const release = onSignals(() => controller.abort())
  try {
    const { diagnostics } = await pruneOnce({
      ports,
      options: { mainPath, args: [...invocation.words, ...invocation.rest], env: sessionEnv(undefined) },
      signal: controller.signal,
      onOutput: (text) => process.stdout.write(text),
    })
    showDiagnostics(diagnostics)
    return diagnostics.some((diagnostic) => diagnostic.severity === 'error') ? exitCode.usage : exitCode.ok
  } catch (error) {
    if (controller.signal.aborted) return exitCode.interrupted
    if (!isTiltError(error) || error.class !== 'infra') throw error
    process.stderr.write(`Error: ${error.message}\n`)
    return exitCode.failed
  } finally {
    release()
    await close()
  }
}
