/** Loaded where YAML is read or written, and not before. A module of our own, since a bundler keeps the names of such. */
export { parse, parseAllDocuments, stringify } from 'yaml'
