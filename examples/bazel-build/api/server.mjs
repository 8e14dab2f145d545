import { createServer } from 'node:http'
// Made by the build from proto/.
import { greeting } from './greeting.mjs'

createServer((_request, response) => {
  response.end(`${greeting} from the api\n`)
}).listen(3000, () => console.log('api listens'))

process.on('SIGTERM', () => process.exit(0))
