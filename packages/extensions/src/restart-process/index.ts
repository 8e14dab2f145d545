export { type CustomBuildWithRestartOptions, customBuildWithRestart } from './custom-build-with-restart.js'
export { type DockerBuildWithRestartOptions, dockerBuildWithRestart } from './docker-build-with-restart.js'
export type { RestartOptions } from './restart-options.js'
