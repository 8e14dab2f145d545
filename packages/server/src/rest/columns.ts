import type { Kind } from '@tiltts/spec'
import { isObject, type WireObject } from './wire-object.js'

/** A column of the table that `get` prints. */
export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly description: string
  /** Shown by `-o wide` only. */
  readonly wide?: true
  cell(object: WireObject, now: number): string | number
}

/** Columns of a kind, beside its name and its age. */
export const columnsOf = (kind: Kind): readonly Column[] => [name, ...(own[kind] ?? []), age]

/** The scalar at a path, '' when there is none. */
const at = (object: unknown, ...path: readonly string[]): string => {
  let value = object
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)]
    else value = isObject(value) ? value[key] : undefined
  }
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}
const list = (object: unknown, ...path: readonly string[]): readonly unknown[] => {
  let value = object
  for (const key of path) value = isObject(value) ? value[key] : undefined
  return Array.isArray(value) ? value : []
}

const text = (
  title: string,
  description: string,
  cell: (object: WireObject, now: number) => string,
  wide?: true,
): Column => ({ name: title, type: 'string', description, cell, ...(wide === undefined ? {} : { wide }) })

const name: Column = text('Name', 'Name of the object, unique within its kind.', (object) =>
  at(object, 'metadata', 'name'),
)
const age: Column = text('Age', 'Time since the object was created.', (object, now) =>
  since(at(object, 'metadata', 'creationTimestamp'), now),
)

/** As kubectl writes durations: `12s`, `3m20s`, `5h`, `2d`. */
function since(time: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(time)) / 1000))
  if (!Number.isFinite(seconds)) return '<unknown>'
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)]
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`
  return hours < 48 ? `${hours}h` : `${days}d`
}

const state = (object: WireObject): string => {
  for (const word of ['running', 'terminated', 'waiting'])
    if (isObject(object['status']) && object['status'][word] !== undefined) return word
  return ''
}

const own: Partial<Record<Kind, readonly Column[]>> = {
  UIResource: [
    text('Type', 'What is deployed: local, k8s, docker-compose.', (object) =>
      at(object, 'status', 'specs', '0', 'type'),
    ),
    text('Update', 'Where its last or present update stands.', (object) => at(object, 'status', 'updateStatus')),
    text('Runtime', 'Where what runs for it stands.', (object) => at(object, 'status', 'runtimeStatus')),
    text('Disabled', 'Whether it is switched off.', (object) =>
      at(object, 'status', 'disableStatus', 'state') === 'Disabled' ? 'true' : '',
    ),
    text('Waiting-On', 'Why its update does not start, and what for.', (object) =>
      [
        at(object, 'status', 'waiting', 'reason'),
        list(object, 'status', 'waiting', 'on')
          .map((ref) => at(ref, 'name'))
          .join(','),
      ]
        .filter((part) => part !== '')
        .join(': '),
    ),
    text('Summary', 'Why it is not ready, or what went wrong last.', (object) => at(object, 'status', 'summary'), true),
  ],
  Session: [
    text('Command', 'manual: dev. ci: ends when all is ready.', (object) => at(object, 'spec', 'exitCondition')),
    text('Done', 'Whether the verdict is there.', (object) => at(object, 'status', 'done')),
    text('Error', 'Why it failed.', (object) => at(object, 'status', 'error')),
  ],
  Tiltfile: [
    text('Path', 'The config.', (object) => at(object, 'spec', 'path')),
    text('Args', 'Its arguments.', (object) => list(object, 'spec', 'args').join(' ')),
    text('State', 'running, terminated or waiting.', state),
    text(
      'Error',
      'Of the last evaluation.',
      (object) => at(object, 'status', 'terminated', 'error').split('\n')[0] ?? '',
    ),
  ],
  Cmd: [
    text('State', 'running, terminated or waiting.', state),
    text('Exit-Code', 'Of the last run.', (object) => at(object, 'status', 'terminated', 'exitCode')),
    text('Command', 'What runs.', (object) => list(object, 'spec', 'args').join(' '), true),
  ],
  Update: [
    text('Resource', 'What is updated.', (object) => at(object, 'spec', 'resource')),
    text('Phase', 'queued, running, succeeded, failed or cancelled.', (object) => at(object, 'status', 'phase')),
    text('Cause', 'Why it runs.', (object) =>
      list(object, 'spec', 'causes')
        .map((cause) => at(cause, 'reason'))
        .join(','),
    ),
  ],
  Cluster: [
    text('Version', 'Of the server.', (object) => at(object, 'status', 'version')),
    text('Connected', 'Whether it answers.', (object) =>
      at(object, 'status', 'connectedAt') === '' ? 'false' : 'true',
    ),
    text('Error', 'Why it does not.', (object) => at(object, 'status', 'error')),
  ],
  FileWatch: [
    text('Paths', 'How many are watched.', (object) => String(list(object, 'spec', 'watchedPaths').length)),
    text('Last-Event', 'When something changed.', (object) => at(object, 'status', 'lastEventTime')),
  ],
}
