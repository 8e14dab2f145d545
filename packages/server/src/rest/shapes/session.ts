import { formatDuration, parseGoDuration } from '@tiltts/core/status'
import { type Tiltfile, wellKnown } from '@tiltts/spec'
import { ApiError } from '../api-error.js'
import { type Shape, shape } from './shape.js'

export const session: Shape = shape<'Session', readonly [Tiltfile['status']['live']]>({
  beside: (_object, store) => [store.get('Tiltfile', wellKnown.tiltfile)?.status.live],
  spec({ spec: { ci, ...rest } }, [live]) {
    const { ciTimeoutMs = ci?.timeoutMs, ciReadinessTimeoutMs, ciK8sGracePeriodMs } = live?.settings ?? {}
    const told = {
      ...(ciTimeoutMs !== undefined && { timeout: formatDuration(ciTimeoutMs) }),
      ...(ciReadinessTimeoutMs !== undefined && { readinessTimeout: formatDuration(ciReadinessTimeoutMs) }),
      ...(ciK8sGracePeriodMs !== undefined && { k8sGracePeriod: formatDuration(ciK8sGracePeriodMs) }),
    }
    return { ...rest, ...((ci !== undefined || rest.exitCondition === 'ci') && { ci: told }) }
  },
  status: ({ status }) => status,
  kept({ ci, ...rest }, before) {
    if (ci?.timeout === undefined) return { ...rest, ...(ci !== undefined && { ci: {} }) }
    const timeoutMs = parseGoDuration(ci.timeout)
    if (timeoutMs === undefined)
      throw new ApiError(422, 'Invalid', `spec.ci.timeout: "${ci.timeout}" is no duration, such as 30m0s`)
    return { ...rest, ci: { ...before?.spec.ci, timeoutMs } }
  },
})
