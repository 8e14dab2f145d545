import type { Timeline, TimelinePart, TimelinePhase, TimelineUpdate } from '@tiltts/spec'
import { shortDuration } from './row.js'
import { renderTable } from './table.js'

const phases: readonly TimelinePhase[] = ['queue', 'hash', 'build', 'push', 'apply', 'live-update', 'ready']

/** A row an update, with as many phases as there are; then the critical path of the start-up. */
export function timelineText({ updates, criticalPath, criticalMs }: Timeline): string {
  const shown = phases.filter((phase) => updates.some(({ parts }) => totalOf(parts, phase) !== undefined))
  const table = renderTable(
    ['UPDATE', 'STATE', 'REASON', ...shown.map((phase) => phase.toUpperCase())],
    updates.map((update) => [update.update, update.phase, update.reason, ...shown.map((phase) => cell(update, phase))]),
  )
  const steps = criticalPath.map(({ resource, phase, name, ms }) => [
    shortDuration(ms),
    resource,
    phase,
    name === undefined || name === phase ? '' : name,
  ])
  if (steps.length === 0) return table
  return `${table}\nThe start-up took ${shortDuration(criticalMs)}. Its critical path:\n${renderTable(['TIME', 'RESOURCE', 'PHASE', ''], steps)}`
}

function cell({ parts }: TimelineUpdate, phase: TimelinePhase): string {
  const ms = totalOf(parts, phase)
  return ms === undefined ? '' : shortDuration(ms)
}

function totalOf(parts: readonly TimelinePart[], phase: TimelinePhase): number | undefined {
  const own = parts.filter((part) => part.phase === phase)
  return own.length === 0 ? undefined : own.reduce((sum, { ms }) => sum + ms, 0)
}
