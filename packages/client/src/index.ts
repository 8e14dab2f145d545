export { type Client, createClient, type LogOptions, pathOf, type ReadOptions, type WatchOptions } from './client.js'
export { ApiFailure, type Call, type Endpoint } from './transport.js'
