export { createListeners } from './create-listeners.js'
