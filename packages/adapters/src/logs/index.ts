export * from './folder-log-archive.js'
export * from './session-log-folder.js'
