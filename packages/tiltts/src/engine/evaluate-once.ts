import { type Evaluated, evaluateConfig } from '@tiltts/runtime'
import type { Invocation } from '../cli/command.js'
import { showDiagnostics } from '../terminal/show-error.js'
import { sessionEnv } from './compose.js'
import { portsFor } from './invoked-ports.js'

export interface EvaluatedOnce extends Pick<Evaluated, 'linked' | 'diagnostics' | 'result' | 'error'> {
  readonly mainPath: string
}

export interface EvaluateOnceOptions {
  /** Told what the config prints. @default it goes to stderr */
  readonly onLog?: (text: string) => void
  readonly signal?: AbortSignal
}

const toStderr = (text: string): void => void process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)

/** Evaluates and links the config without running any of it. */
export async function evaluateQuietly(
  invocation: Invocation,
  { onLog = toStderr, signal = new AbortController().signal }: EvaluateOnceOptions = {},
): Promise<EvaluatedOnce> {
  const { mainPath, ports, close } = portsFor(invocation)
  try {
    const args = [...invocation.words, ...invocation.rest]
    const env = sessionEnv(undefined)
    const evaluated = await evaluateConfig(ports, { mainPath, args, command: 'check', env }, onLog, signal)
    await evaluated.functions?.release()
    const { linked, diagnostics, result, error } = evaluated
    return { mainPath, linked, diagnostics, result, error }
  } finally {
    await close()
  }
}

/** The same, and shows what is wrong with the config on stderr; without a graph then. */
export async function evaluateOnce(invocation: Invocation): Promise<EvaluatedOnce> {
  const evaluated = await evaluateQuietly(invocation)
  showDiagnostics(evaluated.diagnostics)
  return evaluated
}
