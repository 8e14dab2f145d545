import { body, serve } from './serve.mjs'

const toHtml = (text) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`)
serve('web', async (request, response) => {
  if (request.method === 'POST') {
    const message = new URLSearchParams(await body(request)).get('message') ?? ''
    await fetch(process.env.API, { method: 'POST', body: message })
  }
  const { entries } = await (await fetch(process.env.API)).json()
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(`<!doctype html><title>Guestbook</title><h1>Guestbook</h1>
<form method="post"><input name="message" autofocus><button>Sign</button></form>
<ul>${entries.map((entry) => `<li>${toHtml(entry)}</li>`).join('')}</ul>`)
})
