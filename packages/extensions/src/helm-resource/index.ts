export { type HelmRepoOptions, helmRepo } from './helm-repo.js'
export { type HelmResourceOptions, helmResource } from './helm-resource.js'
export type { ImageKey } from './image-values.js'
