export { createProcesses, type ProcessesOptions } from './create-processes.js'
