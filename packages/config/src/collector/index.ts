export { createCollector } from './create-collector.js'
export {
  type ExecOptions,
  type ExecResult,
  type ExecSurroundings,
  execRequest,
  exitMessage,
} from './exec-request.js'
export { installCollector } from './install.js'
export { argvOf, displayOf } from './shell.js'
export type * from './types.js'
