export { createCollector } from './create-collector.js'
export { installCollector } from './install.js'
export type * from './types.js'
