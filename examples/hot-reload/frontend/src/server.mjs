import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { page } from './page.mjs'

// Modules are loaded once: `node --watch` starts this script anew when one of them changes. Static files are read for each request.
createServer(async (request, response) => {
  response.end(request.url === '/style.css' ? await readFile('public/style.css') : page())
}).listen(3000, () => console.log('frontend listens'))
