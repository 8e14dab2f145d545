import { type CmdSpec, type DisableSource, disableConfigMapName, isFunctionCommand, type StepSpec } from '@tiltts/spec'
import type { LinkedResource } from './types.js'

/** The key by which a resource is switched off. */
export function disableSource(resource: string): DisableSource {
  return { configMap: { name: disableConfigMapName(resource), key: 'isDisabled' } }
}

/** The command of an update of a resource, not asked to run. */
export function updateCmd({ name, spec }: LinkedResource): CmdSpec | undefined {
  const cmd = spec.local?.cmd
  return cmd === undefined ? undefined : { ...stepCmd(name, cmd), role: 'job' }
}

/** The server of a resource, not asked to run. */
export function serveCmd({ name, spec }: LinkedResource): CmdSpec | undefined {
  const serve = spec.local?.serve
  if (serve === undefined) return undefined
  const { probe, restart, stopGraceMs } = serve
  return { ...stepCmd(name, serve), role: 'server', probe, restart, stopGraceMs }
}

/** What takes a resource down. */
export function downCmd({ name, spec }: LinkedResource): CmdSpec | undefined {
  return spec.onDown === undefined ? undefined : { ...stepCmd(name, spec.onDown), role: 'job' }
}

function stepCmd(resource: string, { command, dir, env }: StepSpec): Omit<CmdSpec, 'role'> {
  return {
    ...(isFunctionCommand(command) ? { args: [command.display], function: command.fn } : { args: command.argv }),
    dir,
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    disableSource: disableSource(resource),
  }
}
