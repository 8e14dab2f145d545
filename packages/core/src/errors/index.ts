export { excerptOf } from './excerpt.js'
export { didYouMean, nearest } from './nearest.js'
export { placeText, type RenderOptions, renderDiagnostics } from './render-diagnostics.js'
