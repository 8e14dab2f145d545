export { type Certificate, createCertificate, isUsable } from './certificate.js'
export { type ApiOptions, type RunningServer, type Served, type ServerOptions, startServer } from './server.js'
