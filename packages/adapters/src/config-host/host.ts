import { isMainThread } from 'node:worker_threads'
import type { HostSetup } from './protocol.js'

// What the process of a config host runs, and the thread of its loader too: one file is easier to find than two.
export { initialize, load, resolve } from './host/hooks.js'

const [mode, data] = process.argv.slice(2)
if (isMainThread && mode !== undefined && data !== undefined) {
  if (mode === 'host') {
    const { runHost } = await import('./host/main.js')
    await runHost(JSON.parse(data) as HostSetup, import.meta.url)
  } else {
    const { runServer } = await import('./host/server.js')
    await runServer(data, import.meta.url)
  }
}
