// Three services and a check. Start it with `npm start` in the repository, or `npx tiltts dev` here.
import { arg, defineArgs, link, localResource, probe, ready } from 'tiltts'

const ports = defineArgs({
  storePort: arg.number({ default: 4101, description: 'port of the store' }),
  apiPort: arg.number({ default: 4102, description: 'port of the API' }),
  webPort: arg.number({ default: 4103, description: 'port of the web page' }),
})

/** One service of this folder: a Node script that listens on a port and answers on /healthz. */
function service(name: string, port: number, env: Record<string, string | number> = {}) {
  return {
    serveCmd: ['node', `services/${name}.mjs`],
    serveEnv: { PORT: port, ...env },
    deps: [`services/${name}.mjs`, 'services/serve.mjs'],
    readinessProbe: probe.http({ port, path: '/healthz', period: '1s' }),
    labels: ['services'],
  }
}

const store = localResource('store', service('store', ports.storePort))
const api = localResource('api', {
  ...service('api', ports.apiPort, { STORE: `http://localhost:${ports.storePort}` }),
  resourceDeps: [store],
})
const web = localResource('web', {
  ...service('web', ports.webPort, { API: `http://localhost:${ports.apiPort}` }),
  resourceDeps: [api],
  links: [link(`http://localhost:${ports.webPort}`, 'Guestbook')],
})

localResource('check', {
  cmd: ['node', 'check.mjs', `http://localhost:${ports.webPort}`],
  deps: ['check.mjs', 'services'],
  // Not while one of them is being restarted.
  resourceDeps: [ready(store), ready(api), ready(web)],
  labels: ['checks'],
})
