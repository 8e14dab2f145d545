export { type Certificate, createCertificate, isUsable } from './certificate.js'
export { openApiV2 } from './openapi/routes.js'
export { type ApiOptions, type RunningServer, type Served, type ServerOptions, startServer } from './server.js'
export { type SnapshotServer, type SnapshotServerOptions, serveSnapshot } from './web/snapshot-server.js'
