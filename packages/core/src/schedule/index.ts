export {
  awaitsFirstUpdate,
  candidateOf,
  dependencyOf,
  runningOf,
  type SchedulableResource,
  schedulable,
  wantsUpdate,
} from './candidate.js'
export { addCause, filesCause, reasonText } from './causes.js'
export { exited, initialCmdStatus, probed, type RunExit, started, waiting } from './cmd-transitions.js'
export { type UnmetEdge, unmetEdges } from './edges.js'
export { isSameHold, recordHold } from './hold-intervals.js'
export { resourceRef } from './holds.js'
export { type LoopState, noLoop, observeRun, type RunObservation, resume } from './loop-detector.js'
export { type CmdPlan, type HeldRun, planCmd } from './plan-cmd.js'
export { planUpdates } from './plan-updates.js'
export {
  beginProbing,
  type ProbeLine,
  type ProbeResult,
  type ProbeState,
  type ProbeStep,
  type ProbeTiming,
  probeAnswered,
} from './probe-timing.js'
export { findProducers, type PathUse } from './producers.js'
export {
  changed,
  filesChanged,
  initialResourceStatus,
  switched,
  triggered,
  updateEnded,
  updateStarted,
} from './resource-transitions.js'
export { failuresInARow, restartDelay, restartsAfter } from './restart-backoff.js'
export * from './types.js'
