export { createConfigHost } from './create-config-host.js'
export { type HostEntry, sourceEntry } from './entry.js'
export type { ConfigHostLimits, ConfigHostOptions } from './options.js'
