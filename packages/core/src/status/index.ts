export { type CiRow, type CiRowState, ciReport } from './ci-report.js'
export { formatDuration, formatRoughly, parseGoDuration } from './go-duration.js'
export { type Grace, type Graced, withGrace } from './grace.js'
export { podSpan } from './kubernetes-info.js'
export { type Readiness, readinessOf, readyDeadline, withReadiness } from './readiness.js'
export type { ResourceView, RuntimeParts } from './resource-view.js'
export { runtimeStatus } from './runtime-status.js'
export { runtimeView } from './runtime-view.js'
export { exitText, type ServerState, serverState } from './server-state.js'
export { resourceTargets, sessionTargets, tiltfileTarget } from './session-targets.js'
export { summaryOf } from './summary.js'
export { uiResource } from './ui-resource.js'
export { uiSession } from './ui-session.js'
export { evaluationSpan, uiTiltfile } from './ui-tiltfile.js'
export { updateStatus } from './update-status.js'
export { type TimedStep, timedSteps } from './update-steps.js'
export {
  type CiLimits,
  ciLimits,
  type EngineAway,
  type ResourceLimits,
  resourceLimits,
  type Verdict,
  type VerdictView,
  verdict,
} from './verdict.js'
export type { RuntimeView } from './what-runs.js'
