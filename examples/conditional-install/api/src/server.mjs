import { createServer } from 'node:http'
import { greet } from 'greeter'

createServer((_request, response) => {
  response.end(`${greet('world')}\n`)
}).listen(3000, () => console.log('api listens'))

process.on('SIGTERM', () => process.exit(0))
