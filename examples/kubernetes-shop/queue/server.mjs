import { createServer } from 'node:http'

createServer((_request, response) => {
  response.end(`queues: ${process.env.TOPICS}`)
}).listen(3000, () => console.log('queue listens'))

process.on('SIGTERM', () => process.exit(0))
