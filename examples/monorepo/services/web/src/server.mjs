import { createServer } from 'node:http'
import { title } from '@monorepo/shared'

createServer((_request, response) => {
  response.end(`${title('web')}\n`)
}).listen(3000, () => console.log('web listens'))

process.on('SIGTERM', () => process.exit(0))
