import type { LinkedGraph } from '@tiltts/core/graph'
import { evaluateConfig } from '@tiltts/runtime'
import type { Invocation } from '../cli/command.js'
import { showDiagnostics } from '../terminal/show-error.js'
import { sessionEnv } from './compose.js'
import { portsFor } from './invoked-ports.js'

export interface EvaluatedOnce {
  readonly mainPath: string
  /** Absent when there was an error; it was shown. */
  readonly linked: LinkedGraph | undefined
}

/** Evaluates and links the config without running any of it, and shows what is wrong with it on stderr. */
export async function evaluateOnce(invocation: Invocation): Promise<EvaluatedOnce> {
  const { mainPath, ports, close } = portsFor(invocation)
  try {
    const { diagnostics, linked, functions } = await evaluateConfig(
      ports,
      { mainPath, args: [...invocation.words, ...invocation.rest], command: 'check', env: sessionEnv(undefined) },
      (text) => process.stderr.write(text.endsWith('\n') ? text : `${text}\n`),
      new AbortController().signal,
    )
    await functions?.release()
    showDiagnostics(diagnostics)
    return { mainPath, linked }
  } finally {
    await close()
  }
}
