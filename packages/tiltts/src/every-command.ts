// In the bundle: where all commands are found, the engine's among them.
export { main } from './main.js'
