export { applyOrder, applyRank } from './apply-order.js'
export { type ContextFacts, checkContext } from './check-context.js'
export { type ClusterImage, clusterImage } from './cluster-image.js'
export * from './cluster-product.js'
export {
  microk8sRegistry,
  type RegistryHosting,
  registryHosting,
  registryOfHosting,
  registryOfMicrok8s,
  registryOfNode,
} from './cluster-registry.js'
export { type FoundImage, findImages, type ImagePaths } from './find-images.js'
export { containerPortOf, forwardPod } from './forward-pod.js'
export {
  type ContainerUser,
  type EphemeralContainerSpec,
  type HelperContainer,
  type HelperContainerPlan,
  type HelperContainerRequest,
  helperContainerState,
  planHelperContainer,
} from './helper-container.js'
export { type Injected, type Injection, injectImages, withLocalImagePolicies } from './inject-images.js'
export { parseJsonPath } from './json-path.js'
export { downPolicy, managedBy, templateHashLabel, withManagedLabels, withTemplateHash } from './managed-labels.js'
export { objectProgress, type Progress } from './object-state.js'
export { groupOf, refKey, refOf, refText } from './objects.js'
export { controllerOf, podOf } from './pod.js'
export { podErrors } from './pod-errors.js'
export { containerPaths, podTemplatePath, templateLabels } from './pod-templates.js'
export { newestFirst, podsOfResource } from './pods-of-resource.js'
export { otherProjects, type ProjectMark, projectMark, withProjectMark } from './project-mark.js'
export { secretsOf } from './secrets.js'
export { type ClusterDaemon, dockerDesktopProblem, sharesDockerImages } from './shared-docker.js'
export { workloadKey, workloadsOf } from './workloads.js'
