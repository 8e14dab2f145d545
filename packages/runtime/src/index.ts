export * from './ports/index.js'
export type * from './session-types.js'
