export { createImageBuilder } from './create-image-builder.js'
