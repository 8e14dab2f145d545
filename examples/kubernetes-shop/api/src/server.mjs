import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

const ask = async (service) => (await fetch(`http://${service}`)).text()

createServer(async (request, response) => {
  if (request.url === '/healthz') return response.end('ok')
  // Read anew for each request: an edit is there without a restart.
  const slogan = await readFile(new URL('slogan.txt', import.meta.url), 'utf8')
  response.end(`${slogan.trim()}: ${await ask('cache')} (${await ask('queue')})`)
}).listen(3000, () => console.log('api listens'))

process.on('SIGTERM', () => process.exit(0))
