export { type ComposeOptions, createCompose } from './create-compose.js'
