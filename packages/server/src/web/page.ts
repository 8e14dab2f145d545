import type { UIResource } from '@tiltts/spec'
import { html, raw } from 'hono/html'

export type Html = ReturnType<typeof html>

/** How often the list of resources is loaded again, in seconds. */
const refresh = 5

const style = raw(`<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
h1 { font-size: 1.25rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .4rem .75rem; border-bottom: 1px solid #8884; vertical-align: top }
.ok { color: #2a9d5c } .error { color: #d64545 } .pending, .in_progress { color: #b98900 }
.none, .not_applicable, .unknown { opacity: .6 }
pre { overflow-x: auto; white-space: pre-wrap }
summary { cursor: pointer; padding: .3rem 0 }
input, button { font: inherit; padding: .35rem .6rem }
</style>`)

/** The resources as a table, without any script. */
export function resourcesPage(resources: readonly UIResource[]): Html {
  return page(
    'tiltts',
    html`<meta http-equiv="refresh" content="${refresh}">`,
    html`<h1>Resources</h1>
${resourceTable(resources)}`,
  )
}

/** A row a resource, in order of display. */
export function resourceTable(resources: readonly UIResource[]): Html {
  const rows = resources.toSorted((a, b) => (a.status.order ?? 0) - (b.status.order ?? 0))
  return html`<table>
<thead><tr><th>Name</th><th>Update</th><th>Runtime</th><th>What is going on</th><th>Links</th></tr></thead>
<tbody>${rows.map(row)}</tbody>
</table>`
}

/** Asks for the token. */
export function tokenPage(problem?: string): Html {
  return page(
    'tiltts: who are you?',
    html``,
    html`<h1>This session asks for your token</h1>
${problem === undefined ? '' : html`<p class="error">${problem}</p>`}
<p>You find it in the file <code>token</code> of the folder <code>.tilt-dev</code> in your home, on the machine where the session runs.</p>
<form method="post" action="/">
<label>Token <input name="token" type="password" autocomplete="off" required autofocus></label>
<button>Open</button>
</form>`,
  )
}

/** A whole page without any script. */
export function page(title: string, head: Html, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${head}
${style}
</head>
<body>
${body}
</body>
</html>
`
}

function row({ metadata, status }: UIResource): Html {
  const { updateStatus = 'none', runtimeStatus = 'none', summary = '', endpointLinks = [] } = status
  return html`<tr>
<td>${metadata.name}</td>
<td class="${updateStatus}">${words(updateStatus)}</td>
<td class="${runtimeStatus}">${words(runtimeStatus)}</td>
<td>${summary}</td>
<td>${endpointLinks.map(link)}</td>
</tr>
`
}

/** A link of the config, unless it would run a script. */
function link({ url, name }: UIResource['status']['endpointLinks'][number]): Html {
  const text = name === '' ? url : name
  return /^https?:\/\//i.test(url) ? html`<a href="${url}" rel="noreferrer">${text}</a> ` : html`${text} `
}

const words = (state: string): string => state.replaceAll('_', ' ')
