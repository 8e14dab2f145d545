import { goText, type JsonPath, JsonPathError, jsonPath, relaxedPath } from '@tiltts/core/jsonpath'
import type { UIResource } from '@tiltts/spec'
import { UsageError } from '../cli/usage-error.js'
import { ReadFailure } from './failures.js'
import type { WireObject } from './objects.js'
import { understood } from './printers/json-path-printer.js'
import { isSettled } from './settled.js'

/** What is waited for. */
export interface Condition {
  /** Whether an object that is not there is a reason to go on waiting, all there is to wait for, or a failure. */
  readonly absent: 'wait' | 'met' | 'failure'
  /** Whether an object is so. Throws a ReadFailure when it can never be. */
  isMet(object: WireObject): boolean
}

/** Understands what stands behind `--for`. Throws a UsageError. */
export function readCondition(text: string): Condition {
  const lower = text.toLowerCase()
  if (lower === 'create') return { absent: 'wait', isMet: () => true }
  if (lower === 'delete') return { absent: 'met', isMet: () => false }
  if (lower === 'settled') return { absent: 'failure', isMet: settled }
  if (lower.startsWith('condition=')) {
    const [type = '', value = 'True'] = splitOnce(text.slice('condition='.length))
    if (type === '') throw new UsageError('--for=condition= takes the name of a condition, such as Ready')
    return { absent: 'failure', isMet: (object) => hasCondition(object, type, value) }
  }
  if (lower.startsWith('jsonpath=')) {
    const { path, value } = readPath(text.slice('jsonpath='.length))
    return { absent: 'failure', isMet: (object) => findsValue(object, path, value) }
  }
  throw new UsageError(
    `unrecognized condition: "${text}"`,
    "There are: create, delete, settled, condition=Ready, condition=UpToDate=False, jsonpath='{.status.updateStatus}'=ok",
  )
}

function splitOnce(text: string): readonly [string, string?] {
  const equals = text.indexOf('=')
  return equals < 0 ? [text] : [text.slice(0, equals), text.slice(equals + 1)]
}

function settled(object: WireObject): boolean {
  if (object.kind !== 'UIResource') throw new ReadFailure('only uiresources settle')
  return isSettled(object as unknown as UIResource)
}

function hasCondition(object: WireObject, type: string, value: string): boolean {
  const { conditions } = (object['status'] ?? {}) as { conditions?: readonly { type: string; status: string }[] }
  const found = (conditions ?? []).find((each) => each.type.toLowerCase() === type.toLowerCase())
  return found?.status.toLowerCase() === value.toLowerCase()
}

/** `{.status.phase}=Running`: the path ends at an equals sign that stands in no brackets. */
function readPath(text: string): { readonly path: JsonPath; readonly value: string | undefined } {
  const [, expression = text, value] = /^(['"]?\{.*\}['"]?|[^=]*)=(.*)$/s.exec(text) ?? []
  if (value === '') throw new UsageError(`jsonpath wait has no value behind ${text}`)
  const bare = unquoted(expression)
  const path = understood(bare, () => jsonPath(relaxedPath(bare)))
  return { path, value: value === undefined ? undefined : unquoted(value) }
}

/** Quotes that a shell would have taken away. */
const unquoted = (text: string): string => text.replace(/^['"]+|['"]+$/g, '')

function findsValue(object: WireObject, path: JsonPath, value: string | undefined): boolean {
  const [found = [], ...more] = results(object, path)
  if (found.length === 0) return false
  if (more.length > 0) throw new ReadFailure('given jsonpath expression matches more than one list')
  if (found.length > 1) throw new ReadFailure('given jsonpath expression matches more than one value')
  if (value === undefined) return true
  const [only] = found
  if (typeof only === 'object' && only !== null)
    throw new ReadFailure('jsonpath leads to a nested object or list which is not supported')
  return goText(only).trim() === value.trim()
}

function results(object: WireObject, path: JsonPath): readonly (readonly unknown[])[] {
  try {
    return path.find(object)
  } catch (error) {
    if (error instanceof JsonPathError) throw new ReadFailure(error.message)
    throw error
  }
}
