export * from './errors/index.js'
export * from './graph/index.js'
export * from './paths/index.js'
export * from './store/index.js'
