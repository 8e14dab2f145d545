import type { UIResource } from '@tiltts/spec'
import { html } from 'hono/html'
import { type Html, page, resourceTable } from './page.js'

/** What of a snapshot file the page shows; files of others may lack any of it. */
export interface SnapshotFile {
  readonly createdAt?: string
  readonly view: {
    readonly uiResources: readonly UIResource[]
    readonly logList?: {
      readonly spans?: Readonly<Record<string, { readonly manifestName?: string }>>
      readonly segments?: readonly { readonly spanId?: string; readonly text?: string }[]
    }
  }
}

/** A session as it stood: its resources, and the log of each. */
export function snapshotPage({ view, createdAt }: SnapshotFile): Html {
  const logs = logsOf(view)
  return page(
    'tiltts: a snapshot',
    html``,
    html`<h1>A snapshot${createdAt === undefined ? '' : html` of ${createdAt}`}</h1>
${resourceTable(view.uiResources)}
${[...logs].map(([name, text]) => html`<details><summary>${name === '' ? 'the session' : name}</summary><pre>${text}</pre></details>\n`)}`,
  )
}

/** By resource; '' are the session's own lines. */
function logsOf({ logList = {} }: SnapshotFile['view']): ReadonlyMap<string, string> {
  const logs = new Map<string, string>()
  for (const { spanId = '', text = '' } of logList.segments ?? []) {
    const name = logList.spans?.[spanId]?.manifestName ?? ''
    logs.set(name, (logs.get(name) ?? '') + text)
  }
  return logs
}
