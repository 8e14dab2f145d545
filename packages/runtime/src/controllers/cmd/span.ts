import type { LogSpan } from '@tiltts/core/logs'
import { annotation, type Cmd } from '@tiltts/spec'

/** The resource that a command works for; empty when it belongs to the session as a whole. */
export function resourceOfCmd(cmd: Cmd): string {
  return cmd.metadata.annotations?.[annotation.resource] ?? ''
}

/** Id of the log of an update's commands. */
export function buildSpan(update: string): string {
  return `build:${update}`
}

/** The part of the log that a run writes to: an update's log for a job, one of its own for any other run. */
export function spanOfRun(cmd: Cmd, runId: string): LogSpan {
  const resource = resourceOfCmd(cmd)
  if (cmd.spec.role === undefined) return { id: `cmd:${runId}`, resource, source: 'runtime' }
  if (cmd.spec.role === 'job') return { id: buildSpan(runId), resource, source: 'build' }
  const number = runId.startsWith(`${resource}-`) ? runId.slice(resource.length + 1) : runId
  return { id: `localserve:${resource}:${number}`, resource, source: 'runtime' }
}
