export * from './fake-clock.js'
export * from './fake-files.js'
export * from './fake-processes.js'
