import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const installed = readFileSync('installed.txt', 'utf8')
createServer((_request, response) => {
  response.end(`Hello from ${installed}\n`)
}).listen(3000, () => console.log('app listens'))

process.on('SIGTERM', () => process.exit(0))
