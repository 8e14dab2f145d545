// Named one by one, so that the bundle holds these alone: the whole package is fourteen megabytes. To be loaded only where
// it is needed, which takes a third of a second.
export { KubeConfig } from '@kubernetes/client-node'
