import { body, serve } from './serve.mjs'

serve('api', async (request, response) => {
  const post = request.method === 'POST'
  const answer = await fetch(process.env.STORE, post ? { method: 'POST', body: await body(request) } : {})
  const entries = await answer.json()
  console.log(`${request.method} ${request.url}: ${entries.length} entries`)
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ count: entries.length, entries }))
})
