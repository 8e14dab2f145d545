import { createServer } from 'node:http'

/** Serves a handler on $PORT, answers /healthz, and ends on SIGTERM. */
export function serve(name, handle) {
  const server = createServer(async (request, response) => {
    if (request.url === '/healthz') return response.end('ok')
    try {
      await handle(request, response)
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  })
  server.listen(Number(process.env.PORT), () => console.log(`${name} listens on http://localhost:${process.env.PORT}`))
  process.on('SIGTERM', () => {
    server.close(() => process.exit(0))
    server.closeAllConnections()
  })
}

/** The whole body of a request. */
export async function body(request) {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
