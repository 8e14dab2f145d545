export { createStore } from './create-store.js'
export * from './types.js'
export { keep } from './values.js'
