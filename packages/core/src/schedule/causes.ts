import type { UpdateCause } from '@tiltts/spec'

/** So many files of a cause are kept by name; the rest only counts. */
const maxFiles = 100

/** A cause of files that changed. */
export function filesCause(files: readonly string[]): UpdateCause {
  return { reason: 'files', files: files.slice(0, maxFiles), fileCount: files.length }
}

/**
 * Adds a cause to those that wait already. Changed files become one cause, of evaluations of the config the last counts;
 * what is there already is not repeated.
 */
export function addCause(causes: readonly UpdateCause[], added: UpdateCause): readonly UpdateCause[] {
  if (added.reason === 'files') {
    const index = causes.findIndex((cause) => cause.reason === 'files')
    const present = causes[index]
    if (present === undefined) return [...causes, added]
    return causes.with(index, mergeFiles(present, added))
  }
  if (causes.some((cause) => isSame(cause, added))) return causes
  const earlier = isOfConfig(added) ? causes.findIndex(({ reason }) => reason === added.reason) : -1
  return earlier < 0 ? [...causes, added] : causes.with(earlier, added)
}

function mergeFiles(present: UpdateCause, added: UpdateCause): UpdateCause {
  const before = present.files ?? []
  const known = new Set(before)
  const fresh = (added.files ?? []).filter((file) => !known.has(file))
  const unnamed = count(present) - before.length + count(added) - (added.files?.length ?? 0)
  const files = [...before, ...fresh]
  return { ...present, files: files.slice(0, maxFiles), fileCount: files.length + unnamed }
}

function count(cause: UpdateCause): number {
  return cause.fileCount ?? cause.files?.length ?? 0
}

function isOfConfig({ reason }: UpdateCause): boolean {
  return reason === 'config' || reason === 'args'
}

function isSame(a: UpdateCause, b: UpdateCause): boolean {
  return a.reason === b.reason && a.resource === b.resource && a.update === b.update && a.by === b.by
}

/**
 * Why an update runs, as its log and the web show it: `Initial Build`, `Changed Files | Config Changed`. A first run or
 * a trigger hides all other reasons.
 */
export function reasonText(causes: readonly UpdateCause[]): string {
  const leading = causes.filter((cause) => cause.reason === 'initial' || cause.reason === 'trigger')
  const shown = leading.length > 0 ? leading : causes
  return [...new Set(shown.map(text))].join(' | ')
}

function text(cause: UpdateCause): string {
  switch (cause.reason) {
    case 'initial':
      return 'Initial Build'
    case 'files':
      return 'Changed Files'
    case 'dependency':
      return 'Dependency Updated'
    case 'config':
      return 'Config Changed'
    case 'args':
      return 'Tilt Args'
    case 'restart':
      return 'Restart'
    case 'trigger':
      return `${triggeredBy[cause.by ?? ''] ?? 'Unknown'} Trigger`
  }
}

const triggeredBy: Readonly<Record<string, string>> = { cli: 'CLI', web: 'Web', terminal: 'Terminal', api: 'API' }
