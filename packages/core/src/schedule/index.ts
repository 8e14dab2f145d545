export { type InputValues, inputValues, noInputs } from './button-inputs.js'
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
export { clusterState } from './cluster-state.js'
export { exited, initialCmdStatus, probed, type RunExit, started, waiting } from './cmd-transitions.js'
export { type UnmetEdge, unmetEdges } from './edges.js'
export { isSameHold, recordHold } from './hold-intervals.js'
export { resourceRef } from './holds.js'
export { isForced, wantsLiveUpdate } from './live-candidate.js'
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
  type UpdateUnderway,
  updateEnded,
  updateStarted,
  updateTakenBack,
} from './resource-transitions.js'
export { countFailures, failuresInARow, restartDelay, restartsAfter } from './restart-backoff.js'
export { runtimeFacts } from './runtime-facts.js'
export { type ImageView, settledImages } from './settled-images.js'
export {
  planStandalone,
  type StandaloneEvents,
  type StandaloneState,
  suspendStandalone,
  waitsForButton,
} from './standalone-cmd.js'
export * from './types.js'
