export {
  compileIgnore,
  type IgnoreMatcher,
  type Ignoring,
  ignoringPattern,
  ignoringRule,
  malformedPatterns,
} from './compile-ignore.js'
export { relevantFiles } from './config-reads.js'
export { ephemeralIgnore, ephemeralPatterns, watchRules } from './ephemeral.js'
export { escapePattern, parseIgnoreFile } from './ignore-file.js'
export { createPathIndex, type PathIndex } from './path-index.js'
export { baseName, cleanPath, isWithin, parentPath, relativeTo } from './posix.js'
