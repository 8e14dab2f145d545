import type { Call } from './call/call.js'
import { describe } from './call/expect.js'
import type { Declared } from './collector/recorder.js'

/** Whether a text can name a resource: it must be a path segment. A bad one is recorded as an error. */
export function isResourceName(call: Call, name: unknown): name is string {
  if (typeof name === 'string' && name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name)) return true
  call.error(
    'config/invalid-name',
    `${call.builder}(): ${describe(name)} cannot name a resource`,
    'A name is not empty, not . or .., and holds neither / nor %',
  )
  return false
}

/** Records a resource. A second one of the same name is an error that shows both places. */
export function declareResource(call: Call, declared: Declared): void {
  const { draft } = call.recorder
  const before = draft.resources.find((other) => other.name === declared.name)
  if (before === undefined) {
    draft.resources.push(declared)
    return
  }
  draft.findings.push({
    code: 'config/duplicate-resource',
    severity: 'error',
    message: `There is a ${before.kind} called \`${declared.name}\` already`,
    hint: 'Rename one of the two; the second place is where the first one was declared',
    at: call.at,
    also: before.at,
  })
}
