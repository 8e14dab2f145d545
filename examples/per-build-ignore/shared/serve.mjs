import { createServer } from 'node:http'

export function serve(text) {
  createServer((_request, response) => {
    response.end(`${text}\n`)
  }).listen(3000, () => console.log('listens'))
  process.on('SIGTERM', () => process.exit(0))
}
