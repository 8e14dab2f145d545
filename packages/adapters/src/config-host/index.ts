export { createConfigHost } from './create-config-host.js'
export type { HostEntry } from './entry.js'
export type { ConfigHostLimits, ConfigHostOptions } from './options.js'
export { sourceEntry } from './source-entry.js'
