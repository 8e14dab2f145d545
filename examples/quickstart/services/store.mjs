import { body, serve } from './serve.mjs'

const entries = []
serve('store', async (request, response) => {
  if (request.method === 'POST') entries.push(await body(request))
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(entries))
})
