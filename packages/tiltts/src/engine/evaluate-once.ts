import type { LinkedGraph } from '@tiltts/core/graph'
import { evaluateConfig } from '@tiltts/runtime'
import type { Flags, Invocation } from '../cli/command.js'
import { textFlag } from '../cli/parse.js'
import { showDiagnostics } from '../terminal/show-error.js'
import { createPorts, sessionEnv } from './compose.js'
import { configFile } from './config-file.js'

/** Flags of every command that evaluates the config. */
export const evaluationFlags: Flags = {
  file: {
    type: 'string',
    short: 'f',
    value: '<path>',
    help: 'the config (default: tilt.config.ts, .mts, .js or .mjs here)',
  },
}

/** Flags of the commands that deploy to a cluster, or take away what is there. */
export const clusterFlags: Flags = {
  context: { type: 'string', value: '<name>', help: 'context of the kubeconfig (default: the current one)' },
  namespace: { type: 'string', value: '<name>', help: 'namespace of objects that name none (default: of the context)' },
}

export interface EvaluatedOnce {
  readonly mainPath: string
  /** Absent when there was an error; it was shown. */
  readonly linked: LinkedGraph | undefined
}

/** Says on stderr what went wrong beside the main thing. */
export const warn = (message: string): void => void process.stderr.write(`Warning: ${message}\n`)

/** Evaluates and links the config without running any of it, and shows what is wrong with it on stderr. */
export async function evaluateOnce(invocation: Invocation): Promise<EvaluatedOnce> {
  const mainPath = configFile(textFlag(invocation, 'file'), process.cwd())
  const { ports, close } = createPorts({
    mainPath,
    repeated: false,
    context: textFlag(invocation, 'context'),
    namespace: textFlag(invocation, 'namespace'),
    onWarning: warn,
  })
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
