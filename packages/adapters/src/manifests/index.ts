export { createManifests } from './create-manifests.js'
export type { ManifestsOptions } from './manifests-options.js'
