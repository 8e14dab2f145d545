import { createServer } from 'node:http'

const title = 'Shop'

createServer(async (request, response) => {
  if (request.url === '/healthz') return response.end('ok')
  response.end(`${title} | ${await (await fetch('http://api')).text()}`)
}).listen(3000, () => console.log('web listens'))

process.on('SIGTERM', () => process.exit(0))
