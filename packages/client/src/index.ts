export { type Client, createClient, type LogOptions, type WatchOptions } from './client.js'
export { ApiFailure, type Endpoint } from './transport.js'
