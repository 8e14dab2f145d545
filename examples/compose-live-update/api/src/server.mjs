import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

// Reads its text anew for each request: an edit is there without a restart.
createServer(async (_request, response) => {
  response.end(await readFile(new URL('./greeting.txt', import.meta.url)))
}).listen(3000, () => console.log('api listens'))

process.on('SIGTERM', () => process.exit(0))
