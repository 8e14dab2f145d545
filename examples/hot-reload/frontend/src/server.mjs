import { watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

// Stands for what Vite, Next or webpack do: a module that has changed is loaded anew, and the process goes on. It is the
// folder that is watched, since a file that changes is another file in the same place.
let version = 0
watch('src', () => {
  version += 1
})
const load = () => import(`./page.mjs?version=${version}`).catch((error) => ({ page: () => `${error}\n` }))

createServer(async (request, response) => {
  response.end(request.url === '/style.css' ? await readFile('public/style.css') : (await load()).page())
}).listen(3000, () => console.log('frontend listens'))

process.on('SIGTERM', () => process.exit(0))
