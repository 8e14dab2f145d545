export { createManifests, type ManifestsOptions } from './create-manifests.js'
