export { type HelmRemoteOptions, helmRemote, helmRemoteYaml } from './helm-remote.js'
