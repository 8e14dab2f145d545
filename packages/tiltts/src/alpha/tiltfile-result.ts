import { exitCode, type Invocation } from '../cli/command.js'
import { tiltfileResult } from '../config/tiltfile-result.js'
import { evaluateQuietly } from '../engine/evaluate-once.js'
import { showDiagnostics } from '../terminal/show-error.js'

/** Told apart from what went wrong before the config was evaluated. */
const configIsWrong = 5

/** Evaluates the config and prints what came of it as JSON. What the config prints is shown with `--verbose`. */
export async function printTiltfileResult(invocation: Invocation): Promise<number> {
  const isVerbose = invocation.flags['verbose'] === true || invocation.flags['debug'] === true
  const evaluated = await evaluateQuietly(invocation, isVerbose ? {} : { onLog: () => {} })
  if (isVerbose) showDiagnostics(evaluated.diagnostics)
  process.stdout.write(`${JSON.stringify(tiltfileResult(evaluated), undefined, 2)}\n`)
  return evaluated.linked === undefined ? configIsWrong : exitCode.ok
}
