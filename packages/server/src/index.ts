export { type RunningServer, type Served, type ServerOptions, startServer } from './server.js'
