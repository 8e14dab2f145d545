// Loaded with the first kubeconfig. Named, since a bundle knows only the whole of a CommonJS package behind `import()`.
export { parse, parseDocument } from 'yaml'
