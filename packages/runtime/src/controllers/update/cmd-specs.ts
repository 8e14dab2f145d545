import { serveCmd, updateCmd } from '@tiltts/core/graph'
import { initialCmdStatus } from '@tiltts/core/schedule'
import type { Tx } from '@tiltts/core/store'
import { annotation, type CmdSpec, type Resource } from '@tiltts/spec'

/** Name of the Cmd that an update of a resource runs. */
export function updateCmdName(resource: string): string {
  return `${resource}:update`
}

/** Name of the Cmd that is a resource's server. */
export function serveCmdName(resource: string): string {
  return `${resource}:serve`
}

/** Gives the command of an update a new run, by its definition as it is in the resource. */
export function putUpdateRun(tx: Tx, resource: Resource, runId: string, changedFiles: readonly string[]): void {
  const { name } = resource.metadata
  const spec = updateCmd({ name, spec: resource.spec })
  if (spec !== undefined) putCmd(tx, updateCmdName(name), name, { ...spec, runId, changedFiles })
}

/** Gives the server a new run, by its definition as it is in the resource. */
export function putServerRun(tx: Tx, resource: Resource, runId: string): void {
  const { name } = resource.metadata
  const spec = serveCmd({ name, spec: resource.spec })
  if (spec !== undefined) putCmd(tx, serveCmdName(name), name, { ...spec, runId })
}

/** Takes back what a Cmd was asked to run. */
export function withdrawRun(tx: Tx, cmd: string): void {
  if (tx.get('Cmd', cmd) !== undefined) tx.spec('Cmd', cmd, ({ runId: _, ...spec }) => spec)
}

/** Metadata of what is there stays, its owner above all. */
function putCmd(tx: Tx, name: string, resource: string, spec: CmdSpec): void {
  if (tx.get('Cmd', name) !== undefined) tx.spec('Cmd', name, () => spec)
  else tx.put('Cmd', name, spec, initialCmdStatus, { annotations: { [annotation.resource]: resource } })
}
