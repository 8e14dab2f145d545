import { StringDecoder } from 'node:string_decoder'
import { channelClosed, runFailed } from '../../container-channel/failures.js'
import type { OnOutput } from '../../container-channel/shell.js'
import type { EngineConnection } from '../connection.js'
import type { ContainerFacts } from './container-facts.js'
import { startExec } from './exec.js'

/** A command in a container without a shell: a process of its own for it. */
export async function runOnce(
  connection: EngineConnection,
  container: ContainerFacts,
  argv: readonly string[],
  onOutput: OnOutput,
  signal: AbortSignal,
): Promise<{ readonly exitCode: number }> {
  const exec = await startExec(connection, { container: container.id, argv, stdin: false, signal })
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') }
  let beginning = ''
  exec.pipe.listen((bytes, stream) => {
    const text = decoders[stream].write(bytes)
    if (beginning.length < 2000) beginning += text
    onOutput(text, stream)
  })
  const abort = (): void => exec.pipe.destroy()
  signal.addEventListener('abort', abort, { once: true })
  await exec.pipe.closed
  signal.removeEventListener('abort', abort)
  signal.throwIfAborted()
  const exitCode = await exec.exitCode()
  if (exitCode === undefined) throw channelClosed(container)
  // The engine's own words come as if the command had said them.
  const refusal = /^OCI runtime exec failed: (.*)|^exec failed: (.*)/s.exec(beginning)
  if ((exitCode === 126 || exitCode === 127) && refusal) throw runFailed(container, argv, beginning)
  return { exitCode }
}
