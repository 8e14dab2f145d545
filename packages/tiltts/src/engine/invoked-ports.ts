import type { Flags, Invocation } from '../cli/command.js'
import { textFlag } from '../cli/parse.js'
import { type Composed, createPorts } from './compose.js'
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

export interface InvokedPorts extends Composed {
  /** Absolute path of the config that is meant. */
  readonly mainPath: string
}

export interface PortUse {
  /** Whether configs are going to be evaluated again and again. @default false */
  readonly repeated?: boolean
  /** Told what went wrong beside the main thing. @default says it on stderr */
  readonly onWarning?: (message: string) => void
}

/** The ports for the config, the context and the namespace that the flags of a command name. */
export function portsFor(invocation: Invocation, { repeated = false, onWarning = warn }: PortUse = {}): InvokedPorts {
  const mainPath = configFile(textFlag(invocation, 'file'), process.cwd())
  const context = textFlag(invocation, 'context')
  const namespace = textFlag(invocation, 'namespace')
  return { mainPath, ...createPorts({ mainPath, repeated, context, namespace, onWarning }) }
}

/** Says on stderr what went wrong beside the main thing. */
export const warn = (message: string): void => void process.stderr.write(`Warning: ${message}\n`)
