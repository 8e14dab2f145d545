export {
  assembleKubernetes,
  type KubernetesOptions,
  type PodStreamParts,
  type PodStreams,
} from './assemble-kubernetes.js'
export { createKubernetes } from './create-kubernetes.js'
export type { PodTerminal, PodTerminalRequest, PodTerminals, TerminalSize } from './streams/terminal/pod-terminal.js'
export type { Transport } from './transport.js'
