export { type GoTemplate, type GoTemplateOptions, goTemplate } from './go-template.js'
export { GoTemplateError } from './nodes.js'
