export { createFiles, type FilesOptions } from './create-files.js'
