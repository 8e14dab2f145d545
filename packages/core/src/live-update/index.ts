export { containerPathOf } from './container-path.js'
export { filesOfImage, hasLiveUpdate, liveUpdateCovers } from './live-update-covers.js'
export { planLiveUpdate } from './plan-live-update.js'
export type { ContainerSteps, LiveUpdateCover, LiveUpdateFile, LiveUpdatePlan, SyncedPath } from './types.js'
