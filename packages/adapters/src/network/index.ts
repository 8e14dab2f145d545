export { createNetwork } from './create-network.js'
