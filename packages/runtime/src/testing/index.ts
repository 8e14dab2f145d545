export * from './fake-clock.js'
export * from './fake-processes.js'
