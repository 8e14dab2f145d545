import { type Millis, type RuntimeState, toApiTime, type UICondition, type UpdateState } from '@tiltts/spec'

/** What the conditions of a row follow from. */
export interface ConditionInput {
  readonly disabled: boolean
  readonly update: UpdateState
  readonly runtime: RuntimeState
  readonly summary: string | undefined
  /** The conditions before: a transition time stays while the status stays. */
  readonly previous: readonly UICondition[]
  readonly now: Millis
}

/**
 * `Ready`: the server is ok, or there is none and the update is. `UpToDate`: the last update is ok and none waits. A
 * server that goes on beside a failed rebuild is still `Ready`; its message tells of the rebuild.
 */
export function conditionsOf(input: ConditionInput): readonly UICondition[] {
  return [condition('Ready', unreadyReason(input), input), condition('UpToDate', staleReason(input), input)]
}

function unreadyReason({ disabled, update, runtime }: ConditionInput): string | undefined {
  if (disabled) return 'Disabled'
  const isUpdated = update === 'ok' || update === 'not_applicable'
  if (runtime === 'ok' || (runtime === 'not_applicable' && update === 'ok')) return undefined
  if (runtime === 'error') return 'RuntimeError'
  if (update === 'error') return 'UpdateError'
  if (isUpdated && runtime === 'pending') return 'RuntimePending'
  return update === 'pending' ? 'UpdatePending' : 'Unknown'
}

function staleReason({ disabled, update }: ConditionInput): string | undefined {
  if (disabled) return 'Disabled'
  if (update === 'ok' || update === 'not_applicable') return undefined
  if (update === 'error') return 'UpdateError'
  return update === 'pending' ? 'UpdatePending' : 'Unknown'
}

function condition(type: UICondition['type'], reason: string | undefined, input: ConditionInput): UICondition {
  const status = reason === undefined ? 'True' : 'False'
  const before = input.previous.find((c) => c.type === type)
  return {
    type,
    status,
    reason,
    message: type === 'Ready' || reason !== undefined ? input.summary : undefined,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : toApiTime(input.now),
  }
}
