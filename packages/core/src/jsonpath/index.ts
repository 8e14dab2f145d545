export { goJson, goText, sortedEntries } from './go-text.js'
export { type JsonPath, type JsonPathOptions, jsonPath, relaxedPath } from './json-path.js'
export { JsonPathError } from './nodes.js'
