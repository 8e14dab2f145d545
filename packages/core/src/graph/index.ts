export { applyObjects } from './apply-objects.js'
export { disableSource, downCmd, serveCmd, updateCmd } from './cmd-specs.js'
export { composeProjects } from './compose-projects.js'
export { keptApply, keptDiscovery, keptPortForward } from './kept-spec.js'
export { linkGraph } from './link-graph.js'
export { stopBuildButton } from './resource-buttons.js'
export { type ObjectOptions, toObjects } from './to-objects.js'
export type {
  DesiredObject,
  LinkContext,
  LinkedGraph,
  LinkedImage,
  LinkedResource,
  LinkInputs,
  LinkResult,
  ResolvedKubernetes,
} from './types.js'
