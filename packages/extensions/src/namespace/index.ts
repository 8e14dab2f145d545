export { type NamespaceOptions, namespaceCreate, namespaceInject, namespaceYaml } from './namespace.js'
