// Loaded with the first call. Named one by one, since a bundle knows only the whole of a CommonJS package behind `import()`.
export { Agent, buildConnector } from 'undici'
